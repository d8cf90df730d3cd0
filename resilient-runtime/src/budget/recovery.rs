//! Stage budget: the state of a degraded upstream. Decides which waiting retry is released, and when. No clock, no lock.

use crate::{
    Class, Policy,
    budget::{Outlook, balance::Balance, settings::Budget, traffic::Traffic},
    clock::{Moment, nanos},
    failure::ReleasedBy,
};
use std::{
    collections::{BTreeMap, VecDeque},
    task::Waker,
    time::Duration,
};

/// The terms on which a call asks for a retry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryTerms {
    pub(crate) budget: Budget,
    /// The class of the failure that the retry follows.
    pub(crate) class: Class,
    /// The unit of all waits here: the policy's `initial`, from 10 ms to 1 s.
    pub(crate) scale: Duration,
}

impl RetryTerms {
    /// `own_schedule`: the waits are not those of the policy's backoff.
    pub(crate) fn new(policy: &Policy, class: Class, own_schedule: bool) -> Self {
        let scale = if own_schedule {
            LONGEST_SCALE
        } else {
            policy.backoff.initial.clamp(SHORTEST_SCALE, LONGEST_SCALE)
        };
        Self {
            budget: policy.budget,
            class,
            scale,
        }
    }
}

const SHORTEST_SCALE: Duration = Duration::from_millis(10);
const LONGEST_SCALE: Duration = Duration::from_secs(1);

/// The longest time between two trials of a process with much traffic, in units of the scale.
const TRIAL_CAP: u32 = 4;
/// The time between two trials of a process whose usual traffic is one call in three seconds, in units of the scale.
const LONE_TRIAL: u32 = 9;
/// The credits that one success gives.
const CREDITS: f64 = 4.0;
/// After this time without a failure a recovered upstream is healthy. Also the length of the windows.
const CALM: Duration = Duration::from_secs(3);
/// A deferred retry costs the full price whatever it follows: at less, the backlog of callers that keep coming goes out
/// all at once when the server is back, and overloads it again.
const PRICED_AS: Class = Class::Overloaded;
/// An attempt that was sent so long before the server was well again and fails only now says nothing of the server as it
/// is.
const STALE: Duration = Duration::from_secs(1);
/// With each second without a failure, credits may fill this much more than the usual traffic, up to the most.
const GROWTH: f64 = 0.06;
const MOST_GROWTH: f64 = 0.3;
/// Successes in a row, at least, after which a timeout is a relapse: as many as the usual traffic of a second, and not
/// fewer than this. The backlog has then overloaded a server again that has little to spare. Each relapse doubles the price of a deferred retry, up to the highest.
const LEAST_RUN: f64 = 10.0;
const HIGHEST_PRICE: u32 = 4;
/// A release that was not used for so long waits again.
const RECENT: Duration = Duration::from_secs(1);
/// Timers may ring a rounding error early.
const TOLERANCE: Duration = Duration::from_millis(1);

/// A waiting retry.
struct Waiting {
    terms: RetryTerms,
    waker: Waker,
}

/// A retry that was let go and is not sent yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Release {
    pub(super) by: ReleasedBy,
    /// The price that the balance has paid.
    pub(super) paid: u32,
    /// When it starts.
    pub(super) start: Moment,
    /// When it was released.
    since: Moment,
    /// How many failures there had been.
    failures: u64,
}

impl Release {
    /// How long the retry has still to wait. One that another clock released goes at once.
    pub(super) fn starts_in(&self, scale: Duration, now: Moment) -> Duration {
        let wait = self.start.since(now);
        if wait > scale { Duration::ZERO } else { wait }
    }
}

/// The number of a place in the queue.
pub(super) type Ticket = u64;

/// An attempt in flight: when it was sent, and a number to tell it from others.
pub(super) type Sent = (Moment, u64);

/// All that is known of an upstream from its first failure until it has recovered.
#[derive(Default)]
pub(super) struct Recovery {
    traffic: Traffic,
    credits: f64,
    trials: u32,
    last: Moment,
    last_failure: Moment,
    /// When the first failure came.
    began: Moment,
    longest_success: Duration,
    /// Calls that have failed and not ended.
    unfinished: u64,
    failures: u64,
    /// Successes since the last failure, and when the first of them came.
    run: u32,
    run_start: Moment,
    /// How often the server has timed out again after it had been well.
    relapses: u32,
    /// In order: the numbers only rise.
    in_flight: VecDeque<Sent>,
    next_number: u64,
    queue: BTreeMap<Ticket, Waiting>,
    released: BTreeMap<Ticket, Release>,
    /// The head that has set its timer or was told to, and the time of it.
    armed: Option<(Ticket, Moment)>,
}

impl Recovery {
    fn number(&mut self) -> u64 {
        self.next_number = self.next_number.wrapping_add(1);
        self.next_number
    }

    pub(super) fn sent(&mut self, is_first: bool, now: Moment) -> Sent {
        if is_first {
            self.traffic.first_sent(now);
        }
        let sent = (now, self.number());
        self.in_flight.push_back(sent);
        sent
    }

    /// An attempt has ended. One without a number was sent before the upstream was degraded.
    pub(super) fn ended(&mut self, is_first: bool, sent: Option<Sent>, now: Moment) {
        let Some(sent) = sent else {
            if is_first {
                self.traffic.earlier_ended(now);
            }
            return;
        };
        let number = |(_, number): &Sent| *number;
        let Ok(index) = self.in_flight.binary_search_by_key(&sent.1, number) else {
            return;
        };
        // One that was sent before the last recovery may have the number of another.
        if self.in_flight.get(index) == Some(&sent) {
            self.in_flight.remove(index);
        }
    }

    pub(super) fn failed(&mut self, class: Class, sent: Option<Sent>, now: Moment) {
        self.last_failure = now;
        self.last = now;
        if self.began.is_unset() {
            self.began = now;
        }
        // One that is not known was sent before that.
        let sent_at = sent.map_or(self.began, |(at, _)| at);
        if self.run > 0 && sent_at.after(STALE) < self.run_start {
            return;
        }
        let is_timeout = matches!(class, Class::Timeout | Class::GatewayTimeout);
        if is_timeout && f64::from(self.run) >= (self.traffic.usual(now) / 3.0).max(LEAST_RUN) {
            self.relapses = self.relapses.saturating_add(1);
        }
        self.run = 0;
        self.credits = 0.0;
        self.failures = self.failures.wrapping_add(1);
    }

    /// An attempt has ended in a way that says nothing of the server.
    pub(super) fn neutral(&mut self, now: Moment) {
        self.last = now;
    }

    pub(super) fn succeeded(&mut self, sent: Option<Sent>, now: Moment) {
        if let Some((at, _)) = sent {
            self.longest_success = self.longest_success.max(now.since(at));
        }
        let most = self.traffic.usual(now).max(CREDITS);
        self.credits = (self.credits + CREDITS).min(most);
        self.trials = 0;
        if self.run == 0 {
            self.run_start = now;
        }
        self.run = self.run.saturating_add(1);
        self.last = now;
    }

    pub(super) fn call_failed(&mut self) {
        self.unfinished = self.unfinished.saturating_add(1);
    }

    pub(super) fn call_ended(&mut self) {
        self.unfinished = self.unfinished.saturating_sub(1);
    }

    /// Whether the upstream has recovered, apart from its balance.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        // A clock that has gone back does not keep it for ever.
        let calm = now.since(self.last_failure) >= CALM || self.last_failure > now;
        self.unfinished == 0 && self.queue.is_empty() && self.released.is_empty() && calm
    }

    pub(super) fn nobody_waits(&self) -> bool {
        self.queue.is_empty()
    }

    /// A retry that waits for nobody: it is sent at once.
    pub(super) fn go(&mut self, by: ReleasedBy, now: Moment) {
        if by == ReleasedBy::Trial {
            self.trials = self.trials.saturating_add(1);
        }
        self.traffic.retry_sent(now);
        self.last = now;
    }

    /// Whether a retry that nothing pays for waits for nobody. Attempts that fail at once are never in flight for long, so
    /// where other calls have failed too, or the schedule has hardly any waits, some time has to have passed.
    pub(super) fn is_alone(&self, scale: Duration, now: Moment) -> bool {
        let nobody = self.queue.is_empty() && self.released.is_empty() && self.in_flight.is_empty();
        let is_only = self.unfinished <= 1 && scale > SHORTEST_SCALE;
        nobody && (is_only || now.since(self.last) >= SHORTEST_SCALE || self.last > now)
    }

    pub(super) fn join(&mut self, terms: RetryTerms, waker: Waker) -> Ticket {
        let ticket = self.number();
        self.queue.insert(ticket, Waiting { terms, waker });
        ticket
    }

    /// The release of a ticket, if it was let go. Else it goes on to wait, with this waker.
    pub(super) fn look(&mut self, ticket: Ticket, waker: &Waker) -> Option<Release> {
        match self.queue.get_mut(&ticket) {
            Some(waiting) => {
                waiting.waker.clone_from(waker);
                None
            }
            None => self.released.get(&ticket).copied(),
        }
    }

    /// Whether the release still holds: it is recent, and no failure has followed it.
    pub(super) fn holds(&self, release: &Release, now: Moment) -> bool {
        release.failures == self.failures && now.since(release.since) <= RECENT
    }

    /// A release that does not hold any more: the retry waits again, at its old place.
    pub(super) fn take_back(&mut self, ticket: Ticket, terms: RetryTerms, waker: Waker) {
        if let Some(release) = self.released.remove(&ticket) {
            self.undo(release.by);
        }
        self.queue.insert(ticket, Waiting { terms, waker });
    }

    /// A released retry is about to be sent.
    pub(super) fn depart(&mut self, ticket: Ticket) {
        self.released.remove(&ticket);
    }

    /// A waiting or released call leaves. The release that was not used, if there was one.
    pub(super) fn leave(&mut self, ticket: Ticket) -> Option<Release> {
        self.queue.remove(&ticket);
        let release = self.released.remove(&ticket)?;
        self.undo(release.by);
        Some(release)
    }

    /// Takes a release back that was not used, apart from its price.
    pub(super) fn undo(&mut self, by: ReleasedBy) {
        self.traffic.retry_unsent();
        match by {
            ReleasedBy::Balance => {}
            ReleasedBy::Credit => self.credits += 1.0,
            ReleasedBy::Trial => self.trials = self.trials.saturating_sub(1),
        }
    }

    /// Releases retries from the head of the queue as long as anything pays for them. Those to wake.
    pub(super) fn release(&mut self, balance: &Balance, now: Moment) -> Vec<(Ticket, Waker)> {
        let mut wake = Vec::new();
        let mut together = 0_u32;
        loop {
            let Some((&ticket, head)) = self.queue.first_key_value() else {
                self.armed = None;
                return wake;
            };
            let (terms, waker) = (head.terms, head.waker.clone());
            let next = self.next_trial(terms.scale, now);
            let mut paid = 0;
            let by = if balance.can_afford(terms.budget.times(self.price()), PRICED_AS, now) {
                paid = balance.withdraw(terms.budget.times(self.price()), PRICED_AS, now);
                ReleasedBy::Balance
            } else if self.credits >= 1.0 && self.has_gap(now) {
                self.credits -= 1.0;
                ReleasedBy::Credit
            } else if now.after(TOLERANCE) >= next {
                ReleasedBy::Trial
            } else {
                let is_armed = |(head, at)| head == ticket && at <= next;
                if !self.armed.is_some_and(is_armed) {
                    // Told once: one that is not polled would be told by every look of the others.
                    self.armed = Some((ticket, next));
                    wake.push((ticket, waker));
                }
                return wake;
            };
            self.queue.remove(&ticket);
            wake.push((ticket, waker));
            self.go(by, now);
            let release = Release {
                by,
                paid,
                start: now.after(spread(terms.scale, together)),
                since: now,
                failures: self.failures,
            };
            self.released.insert(ticket, release);
            together = together.saturating_add(1);
        }
    }

    /// When a place in the queue is to look again: its head at the time of the next trial. Never for those behind it.
    pub(super) fn arm(&mut self, ticket: Ticket, now: Moment) -> Moment {
        let Some((&head, waiting)) = self.queue.first_key_value() else {
            return Moment::UNSET;
        };
        if head != ticket {
            return Moment::UNSET;
        }
        let scale = waiting.terms.scale;
        let at = self.next_trial(scale, now);
        self.armed = Some((ticket, at));
        at
    }

    /// Whether the process sends less than it usually does, by more than the noise of counting.
    fn has_gap(&mut self, now: Moment) -> bool {
        let (usual, current) = (self.traffic.usual(now), self.traffic.current(now));
        let well = if self.run > 0 {
            now.since(self.run_start).as_secs_f64()
        } else {
            0.0
        };
        let more = 1.0 + (GROWTH * well).min(MOST_GROWTH);
        usual * more - current - 3.0 * usual.sqrt() >= 1.0
    }

    /// The price of a deferred retry, as a multiple of the usual one.
    fn price(&self) -> u32 {
        1_u32
            .checked_shl(self.relapses)
            .unwrap_or(HIGHEST_PRICE)
            .min(HIGHEST_PRICE)
    }

    /// The time of the next trial.
    fn next_trial(&mut self, scale: Duration, now: Moment) -> Moment {
        // A clock that has gone back holds nothing up for longer than a wait.
        self.last = self.last.min(now);
        let doubled = 1_u32.checked_shl(self.trials).unwrap_or(TRIAL_CAP);
        let paced = scale.saturating_mul(doubled.clamp(1, TRIAL_CAP));
        let lone = scale.saturating_mul(LONE_TRIAL);
        let lone = lone.div_f64(self.traffic.usual(now).max(1.0));
        self.last.after(paced.max(lone))
    }

    /// The outlook of a call that waits and asks again at `at`.
    pub(super) fn outlook(&self, at: Moment, now: Moment) -> Outlook {
        let oldest = self.in_flight.front().map_or(now, |(at, _)| *at);
        Outlook {
            at,
            slowest: self.longest_success.max(now.since(oldest)),
            is_well: self.run > 0,
        }
    }

    pub(super) fn waiting(&self) -> u64 {
        self.queue.len() as u64
    }

    /// All who wait, to look again.
    pub(super) fn wakers(&self) -> Vec<(Ticket, Waker)> {
        let waiting = self.queue.iter();
        waiting
            .map(|(ticket, waiting)| (*ticket, waiting.waker.clone()))
            .collect()
    }
}

/// The start of one of several retries released together, within a quarter of the scale: evenly spread however many follow (by the golden ratio). The
/// first starts at once.
fn spread(scale: Duration, number: u32) -> Duration {
    const GOLDEN: u64 = 0x9e37_79b9;
    let part = u64::from(number).wrapping_mul(GOLDEN) & 0xffff_ffff;
    // A quarter of the scale, times a fraction with 32 bits.
    Duration::from_nanos((nanos(scale) >> 2).saturating_mul(part) >> 32)
}
