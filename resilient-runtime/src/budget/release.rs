//! Which deferred retry is released, and when: paid by the balance, by credits, or as a trial.

use crate::{
    Class,
    budget::{
        DueRetry,
        balance::Balance,
        recovery::{Recovery, Ticket},
        state::Allowed,
        traffic::ATTEMPT,
    },
    clock::{Moment, nanos},
    failure::ReleasedBy,
};
use std::{task::Waker, time::Duration};

/// The longest interval of trials with much traffic, in units of the scale.
const TRIAL_CAP: u32 = 4;
/// The interval of trials with traffic of one call in three seconds, in units of the scale.
const LONE_TRIAL: u32 = 9;
/// A deferred retry costs the full price regardless of its class: at less, the backlog of
/// continuing callers is released at once when the server recovers, and overloads it again.
const PRICED_AS: Class = Class::Overloaded;
/// The fraction by which credits may exceed the usual traffic, per second without a failure, and
/// its maximum.
const GROWTH: f64 = 0.06;
const MOST_GROWTH: f64 = 0.3;
/// The highest price of a deferred retry, as a multiple of the usual one.
const HIGHEST_PRICE: u32 = 4;
/// A release not used for this long is revoked.
const RECENT: Duration = Duration::from_secs(1);
/// Timers may fire early by a rounding error.
const TOLERANCE: Duration = Duration::from_millis(1);

/// A released retry that is not sent yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Release {
    pub(super) by: ReleasedBy,
    /// The price paid from the balance.
    pub(super) paid: u32,
    /// When it is sent.
    pub(super) start: Moment,
    /// When it was released.
    pub(super) since: Moment,
    /// The number of failures at that time.
    pub(super) failures: u64,
}

impl Release {
    /// The remaining wait. A release by another clock starts at once.
    pub(super) fn starts_in(&self, scale: Duration, now: Moment) -> Duration {
        let wait = self.start.since(now);
        if wait > scale { Duration::ZERO } else { wait }
    }
}

impl Recovery {
    /// Whether the release is still valid: recent, and without a later failure.
    pub(super) fn is_valid(&self, release: &Release, now: Moment) -> bool {
        release.failures == self.failures && now.since(release.since) <= RECENT
    }

    /// Lets a retry go that is due, or queues it. Newcomers do not overtake the queue.
    #[inline(always)]
    pub(super) fn let_go(
        &mut self,
        balance: &Balance,
        retry: DueRetry<'_>,
        now: Moment,
    ) -> Result<Allowed, Ticket> {
        let DueRetry { terms, .. } = retry;
        if self.has_no_waiters() && balance.can_afford(terms.budget, terms.class, now) {
            return Ok(self.allow(ReleasedBy::Balance, retry.is_sent_when_released, now));
        }
        self.try_or_queue(retry, now)
    }

    /// Nothing pays for the retry: it is a trial, or waits.
    #[cold]
    #[inline(never)]
    fn try_or_queue(&mut self, retry: DueRetry<'_>, now: Moment) -> Result<Allowed, Ticket> {
        if self.is_alone(retry.terms.scale(), now) {
            // It is taken back if it is not sent.
            return Ok(self.allow(ReleasedBy::Trial, false, now));
        }
        Err(self.enqueue(retry.terms, retry.waker.clone()))
    }

    #[inline(always)]
    fn allow(&mut self, by: ReleasedBy, is_sent: bool, now: Moment) -> Allowed {
        self.record_release(by, now);
        Allowed {
            by,
            sent: is_sent.then(|| self.sent(false, now)),
        }
    }

    /// Releases retries from the head of the queue while anything pays for them. Returns the wakers
    /// to wake, if any retry waited.
    #[inline]
    pub(super) fn release(
        &mut self,
        balance: &Balance,
        now: Moment,
    ) -> Option<Vec<(Ticket, Waker)>> {
        if self.queue.is_empty() {
            self.armed = None;
            return None;
        }
        Some(self.release_from_queue(balance, now))
    }

    #[inline(never)]
    fn release_from_queue(&mut self, balance: &Balance, now: Moment) -> Vec<(Ticket, Waker)> {
        let mut wake = Vec::new();
        let mut count = 0_u32;
        loop {
            let Some((&ticket, head)) = self.queue.first_key_value() else {
                self.armed = None;
                return wake;
            };
            let terms = head.terms;
            let next = self.next_trial(terms.scale(), now);
            let mut paid = 0;
            let by = if balance.can_afford(terms.budget.times(self.price()), PRICED_AS, now) {
                paid = balance.withdraw(terms.budget.times(self.price()), PRICED_AS, now);
                ReleasedBy::Balance
            } else if self.credits >= ATTEMPT && self.has_gap(now) {
                self.credits = self.credits.saturating_sub(ATTEMPT);
                ReleasedBy::Credit
            } else if now.after(TOLERANCE) >= next {
                ReleasedBy::Trial
            } else {
                let is_armed = |(head, at)| head == ticket && at <= next;
                if !self.armed.is_some_and(is_armed) {
                    // Woken once: otherwise every look of other calls would wake a head that is not
                    // polled.
                    self.armed = Some((ticket, next));
                    let place = self.queue.get(&ticket);
                    wake.extend(place.map(|place| (ticket, place.waker.clone())));
                }
                return wake;
            };
            if let Some(place) = self.queue.remove(&ticket) {
                wake.push((ticket, place.waker));
            }
            self.record_release(by, now);
            let release = Release {
                by,
                paid,
                start: now.after(spread(terms.scale(), count)),
                since: now,
                failures: self.failures,
            };
            self.released.insert(ticket, release);
            count = count.saturating_add(1);
        }
    }

    /// When a place in the queue looks again: the head at the next trial, the others never.
    pub(super) fn arm(&mut self, ticket: Ticket, now: Moment) -> Moment {
        let Some((&head, waiting)) = self.queue.first_key_value() else {
            return Moment::UNSET;
        };
        if head != ticket {
            return Moment::UNSET;
        }
        let scale = waiting.terms.scale();
        let at = self.next_trial(scale, now);
        self.armed = Some((ticket, at));
        at
    }

    /// Whether the process sends less than usual, by more than the noise of counting:
    /// `usual × (1 + growth) - current - 3 × sqrt(usual) >= 1`.
    fn has_gap(&mut self, now: Moment) -> bool {
        let (usual, current) = (self.traffic.usual(now), self.traffic.current(now));
        let well = if self.successes > 0 {
            now.since(self.recovered_at).as_secs_f64()
        } else {
            0.0
        };
        let more = 1.0 + (GROWTH * well).min(MOST_GROWTH);
        usual * more - current - 3.0 * usual.sqrt() >= 1.0
    }

    /// The price of a deferred retry, as a multiple of the usual one: `2 ^ relapses`, bounded.
    fn price(&self) -> u32 {
        1_u32
            .checked_shl(self.relapses)
            .unwrap_or(HIGHEST_PRICE)
            .min(HIGHEST_PRICE)
    }

    /// The time of the next trial.
    fn next_trial(&mut self, scale: Duration, now: Moment) -> Moment {
        // A clock that has gone back delays nothing by more than one wait.
        self.last = self.last.min(now);
        let doubled = 1_u32.checked_shl(self.trials).unwrap_or(TRIAL_CAP);
        let paced = scale.saturating_mul(doubled.clamp(1, TRIAL_CAP));
        let lone = scale.saturating_mul(LONE_TRIAL);
        let lone = lone.div_f64(self.traffic.usual(now).max(1.0));
        self.last.after(paced.max(lone))
    }
}

/// The start of one of several retries that are released together, within a quarter of the scale.
/// The golden ratio spreads any number of them evenly. The first starts at once.
fn spread(scale: Duration, number: u32) -> Duration {
    const GOLDEN: u64 = 0x9e37_79b9;
    let part = u64::from(number).wrapping_mul(GOLDEN) & 0xffff_ffff;
    // A quarter of the scale, times a fraction with 32 bits.
    Duration::from_nanos((nanos(scale) >> 2).saturating_mul(part) >> 32)
}
