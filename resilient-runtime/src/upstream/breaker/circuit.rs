//! Stage upstream: the state of one circuit breaker. A closed circuit is entered and left without a lock.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Mutex, MutexGuard, Ordering, lock},
    upstream::breaker::{
        Breaker,
        state::{
            BreakerState, CLOSED, Change, Entry, HALF_OPEN, ISOLATED, OPEN, Ticket, state, tag,
            turned,
        },
        window::{Tally, Window},
    },
};
use std::time::Duration;

/// When to look again whether a probe has ended.
const PROBE_WAIT: Duration = Duration::from_secs(1);

/// The state of one circuit breaker: 448 bytes, made in a `const`.
///
/// Each change of the state, and each new round of probes, is a new generation. A result of an older one changes
/// nothing, but for a success that is being counted at the very moment of the change.
pub(crate) struct Circuit {
    /// Generation and state. Written under the lock only.
    word: AtomicU64,
    /// Failures one after another. Written under the lock, or with zero.
    in_a_row: AtomicU64,
    window: Window,
    inner: Mutex<Inner>,
}

struct Inner {
    /// When the break is over, or the lease of the latest probe.
    until: Moment,
    /// When that was set.
    set: Moment,
    /// Breaks since the circuit was last closed.
    breaks: u32,
    /// Probes that have not ended.
    out: u32,
    /// Probes that succeeded since the break.
    succeeded: u32,
    /// How many of both there may be, as of the latest probe.
    probes: u32,
    tally: Tally,
}

impl Inner {
    fn set_until(&mut self, until: Moment, now: Moment) {
        (self.until, self.set) = (until, now);
    }

    /// Whether the break, or the lease, is not over. A clock that has gone back ends it.
    fn is_before_end(&self, now: Moment) -> bool {
        now < self.until && !now.is_behind(self.set)
    }

    /// Whether probes take all the places. With none out there is always one, though the breaker may have been another
    /// when the last ones succeeded.
    fn is_full(&self, now: Moment, probes: u32) -> bool {
        let taken = self.out.saturating_add(self.succeeded);
        self.out > 0 && self.is_before_end(now) && taken >= probes
    }

    fn probe_wait(&self, now: Moment) -> Duration {
        self.until.since(now).min(PROBE_WAIT)
    }
}

impl Circuit {
    pub(crate) const fn new() -> Self {
        Self {
            word: AtomicU64::new(CLOSED),
            in_a_row: AtomicU64::new(0),
            window: Window::new(),
            inner: Mutex::new(Inner {
                until: Moment::UNSET,
                set: Moment::UNSET,
                breaks: 0,
                out: 0,
                succeeded: 0,
                probes: 0,
                tally: Tally::EMPTY,
            }),
        }
    }

    /// Whether an attempt would be let in now. Changes nothing.
    ///
    /// # Errors
    /// The time until one may be. If all probes are out that is a guess, at most a second; if the circuit is isolated
    /// it is for ever.
    #[inline]
    pub(crate) fn check(&self, now: Moment) -> Result<(), Duration> {
        if tag(self.word.load(Ordering::Acquire)) == CLOSED {
            return Ok(());
        }
        self.check_locked(now)
    }

    #[cold]
    fn check_locked(&self, now: Moment) -> Result<(), Duration> {
        let inner = lock(&self.inner);
        match tag(self.word.load(Ordering::Relaxed)) {
            ISOLATED => Err(Duration::MAX),
            OPEN if inner.is_before_end(now) => Err(inner.until.since(now)),
            CLOSED | OPEN => Ok(()),
            _ if inner.is_full(now, inner.probes) => Err(inner.probe_wait(now)),
            _ => Ok(()),
        }
    }

    /// Lets an attempt in, as a probe if the break is over.
    ///
    /// # Errors
    /// The time until one may be let in, as [`check`](Self::check) says it.
    #[inline]
    pub(crate) fn enter(&self, breaker: &Breaker, now: Moment) -> Result<Entry, Duration> {
        let word = self.word.load(Ordering::Acquire);
        if tag(word) == CLOSED {
            return Ok(Entry {
                ticket: Ticket(word),
                change: None,
            });
        }
        self.enter_locked(breaker, now)
    }

    #[cold]
    fn enter_locked(&self, breaker: &Breaker, now: Moment) -> Result<Entry, Duration> {
        let mut inner = lock(&self.inner);
        let word = self.word.load(Ordering::Relaxed);
        let mut change = None;
        match tag(word) {
            CLOSED => {
                return Ok(Entry {
                    ticket: Ticket(word),
                    change,
                });
            }
            ISOLATED => return Err(Duration::MAX),
            OPEN if inner.is_before_end(now) => return Err(inner.until.since(now)),
            OPEN => {
                change = Some(self.turn(HALF_OPEN, None));
                inner.out = 0;
                inner.succeeded = 0;
            }
            _ if inner.is_full(now, breaker.half_open_probes) => return Err(inner.probe_wait(now)),
            _ if inner.out > 0 && !inner.is_before_end(now) => {
                self.turn(HALF_OPEN, None);
                inner.out = 0;
            }
            _ => {}
        }
        inner.probes = breaker.half_open_probes;
        inner.out = inner.out.saturating_add(1);
        inner.set_until(now.after(breaker.probe_timeout), now);
        let ticket = Ticket(self.word.load(Ordering::Relaxed));
        Ok(Entry { ticket, change })
    }

    /// An attempt has succeeded after `took`.
    #[inline]
    pub(crate) fn success(
        &self,
        breaker: &Breaker,
        ticket: Ticket,
        now: Moment,
        took: Duration,
    ) -> Option<Change> {
        if self.word.load(Ordering::Acquire) != ticket.0 {
            return None;
        }
        if self.in_a_row.load(Ordering::Relaxed) != 0 {
            self.in_a_row.store(0, Ordering::Relaxed);
        }
        if ticket.is_probe() || breaker.is_slow(took) || !self.window.success(now) {
            return self.success_locked(breaker, ticket, now, took);
        }
        None
    }

    #[cold]
    fn success_locked(
        &self,
        breaker: &Breaker,
        ticket: Ticket,
        now: Moment,
        took: Duration,
    ) -> Option<Change> {
        let slow = breaker.is_slow(took);
        let mut inner = self.lock_at(ticket, now)?;
        if !ticket.is_probe() {
            self.window
                .late_success(&mut inner.tally, now, breaker.window, slow);
            let trips = slow && breaker.trips(self.window.counts(&inner.tally));
            return trips.then(|| self.trip(&mut inner, breaker, now, None));
        }
        if slow {
            return Some(self.trip(&mut inner, breaker, now, None));
        }
        inner.out = inner.out.saturating_sub(1);
        inner.succeeded = inner.succeeded.saturating_add(1);
        (inner.succeeded >= breaker.half_open_probes).then(|| self.close(&mut inner))
    }

    /// An attempt has failed after `took` in a way that counts. A wait that the server asks for is how long a break
    /// takes, but for the shortest one; how much of it to believe is up to the caller.
    #[cold]
    pub(crate) fn failure(
        &self,
        breaker: &Breaker,
        ticket: Ticket,
        now: Moment,
        took: Duration,
        server_wait: Option<Duration>,
    ) -> Option<Change> {
        let mut inner = self.lock_at(ticket, now)?;
        let trips = ticket.is_probe() || {
            let slow = breaker.is_slow(took);
            self.window
                .failure(&mut inner.tally, now, breaker.window, slow);
            let in_a_row = self
                .in_a_row
                .fetch_add(1, Ordering::Relaxed)
                .saturating_add(1);
            breaker
                .consecutive
                .is_some_and(|most| in_a_row >= u64::from(most))
                || breaker.trips(self.window.counts(&inner.tally))
        };
        trips.then(|| self.trip(&mut inner, breaker, now, server_wait))
    }

    /// An attempt has ended without a word on the upstream: cancelled, dropped, or with a failure of the caller's own.
    #[inline]
    pub(crate) fn ignore(&self, ticket: Ticket) {
        if ticket.is_probe() {
            self.give_back(ticket);
        }
    }

    #[cold]
    fn give_back(&self, ticket: Ticket) {
        let mut inner = lock(&self.inner);
        if self.word.load(Ordering::Relaxed) == ticket.0 {
            inner.out = inner.out.saturating_sub(1);
        }
    }

    /// Opens the circuit at once, for `break_duration` but at least the shortest break. An open one stays open at least as long;
    /// an isolated one is left alone.
    pub(crate) fn open(
        &self,
        breaker: &Breaker,
        now: Moment,
        break_duration: Duration,
    ) -> Option<Change> {
        let mut inner = lock(&self.inner);
        match tag(self.word.load(Ordering::Relaxed)) {
            ISOLATED => None,
            OPEN if inner.is_before_end(now) => {
                let until = inner
                    .until
                    .max(now.after(break_duration.max(breaker.break_duration)));
                inner.set_until(until, now);
                None
            }
            _ => Some(self.trip(&mut inner, breaker, now, Some(break_duration))),
        }
    }

    /// Refuses every attempt until [`release`](Self::release).
    pub(crate) fn isolate(&self) -> Option<Change> {
        let _inner = lock(&self.inner);
        let isolated = tag(self.word.load(Ordering::Relaxed)) == ISOLATED;
        (!isolated).then(|| self.turn(ISOLATED, None))
    }

    /// Closes the circuit, isolated or open, as if it were new.
    pub(crate) fn release(&self) -> Option<Change> {
        let mut inner = lock(&self.inner);
        let closed = tag(self.word.load(Ordering::Relaxed)) == CLOSED;
        (!closed).then(|| self.close(&mut inner))
    }

    /// Whether probes decide now.
    pub(crate) fn is_half_open(&self, now: Moment) -> bool {
        self.state(now) == BreakerState::HalfOpen
    }

    /// Where the circuit is. After a break it is half-open, even before the first probe.
    pub(crate) fn state(&self, now: Moment) -> BreakerState {
        let inner = lock(&self.inner);
        let word = self.word.load(Ordering::Relaxed);
        match tag(word) {
            OPEN if !inner.is_before_end(now) => BreakerState::HalfOpen,
            _ => state(word),
        }
    }

    /// The lock, if the result of `ticket` still counts.
    fn lock_at(&self, ticket: Ticket, now: Moment) -> Option<MutexGuard<'_, Inner>> {
        // Once without the lock, for the many that come late just after the circuit has opened.
        if self.word.load(Ordering::Relaxed) != ticket.0 {
            return None;
        }
        let inner = lock(&self.inner);
        let counts = self.word.load(Ordering::Relaxed) == ticket.0
            && (!ticket.is_probe() || inner.is_before_end(now));
        counts.then_some(inner)
    }

    fn trip(
        &self,
        inner: &mut Inner,
        breaker: &Breaker,
        now: Moment,
        wait: Option<Duration>,
    ) -> Change {
        let break_duration = match wait {
            Some(wait) => wait.max(breaker.break_duration),
            None => breaker.break_duration_after(inner.breaks),
        };
        inner.set_until(now.after(break_duration), now);
        inner.breaks = inner.breaks.saturating_add(1);
        self.turn(OPEN, Some(break_duration))
    }

    fn close(&self, inner: &mut Inner) -> Change {
        inner.breaks = 0;
        self.in_a_row.store(0, Ordering::Relaxed);
        self.window.clear(&mut inner.tally);
        self.turn(CLOSED, None)
    }

    /// A new generation. Only for who has the lock.
    fn turn(&self, tag: u64, break_duration: Option<Duration>) -> Change {
        let word = self.word.load(Ordering::Relaxed);
        let next = turned(word, tag);
        // Release: who enters a closed circuit finds its window empty.
        self.word.store(next, Ordering::Release);
        Change {
            from: state(word),
            to: state(next),
            break_duration,
        }
    }
}

#[cfg(test)]
#[path = "circuit_test.rs"]
mod tests;
#[cfg(test)]
#[path = "circuit_walk_test.rs"]
mod walk;
