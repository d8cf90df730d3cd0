//! One circuit. A closed circuit is entered and left without a lock.

use crate::{
    BreakerState,
    clock::Moment,
    sync::{AtomicU64, Mutex, MutexGuard, Ordering, lock},
    upstream::breaker::{
        Breaker,
        inner::Inner,
        state::{CLOSED, Change, Entry, HALF_OPEN, ISOLATED, OPEN, Ticket, state, tag, turned},
        window::{Tally, Window},
    },
};
use std::time::Duration;

/// One circuit: 448 bytes, made in a `const`.
///
/// Each change of the state, and each new round of probes, is a new generation. Results of an older
/// generation change nothing, except a success that is being counted at the moment of the change.
pub(crate) struct Circuit {
    /// Generation and state. Written only under the lock.
    pub(super) word: AtomicU64,
    /// Consecutive failures. Written under the lock, or set to zero.
    consecutive_failures: AtomicU64,
    window: Window,
    pub(super) inner: Mutex<Inner>,
}

impl Circuit {
    pub(crate) const fn new() -> Self {
        Self {
            word: AtomicU64::new(CLOSED),
            consecutive_failures: AtomicU64::new(0),
            window: Window::new(),
            inner: Mutex::new(Inner {
                until: Moment::UNSET,
                set: Moment::UNSET,
                breaks: 0,
                in_flight: 0,
                succeeded: 0,
                probes: 0,
                tally: Tally::EMPTY,
            }),
        }
    }

    /// Whether an attempt would be admitted now. Changes nothing.
    ///
    /// # Errors
    /// The time until the next chance: an estimate of at most a second if all probes are in flight,
    /// `Duration::MAX` if the circuit is isolated.
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

    /// Admits an attempt, as a probe if the break is over.
    ///
    /// # Errors
    /// The time until the next chance, as for [`check`](Self::check).
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
                inner.in_flight = 0;
                inner.succeeded = 0;
            }
            _ if inner.is_full(now, breaker.half_open_probes) => return Err(inner.probe_wait(now)),
            _ if inner.in_flight > 0 && !inner.is_before_end(now) => {
                self.turn(HALF_OPEN, None);
                inner.in_flight = 0;
            }
            _ => {}
        }
        inner.probes = breaker.half_open_probes;
        inner.in_flight = inner.in_flight.saturating_add(1);
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
        if self.consecutive_failures.load(Ordering::Relaxed) != 0 {
            self.consecutive_failures.store(0, Ordering::Relaxed);
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
        inner.in_flight = inner.in_flight.saturating_sub(1);
        inner.succeeded = inner.succeeded.saturating_add(1);
        (inner.succeeded >= breaker.half_open_probes).then(|| self.close(&mut inner))
    }

    /// Counts a failure after `took`. A wait that the server asks for is the duration of the break,
    /// but not below the shortest one; the caller bounds it.
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
            let consecutive_failures = self
                .consecutive_failures
                .fetch_add(1, Ordering::Relaxed)
                .saturating_add(1);
            breaker
                .consecutive
                .is_some_and(|most| consecutive_failures >= u64::from(most))
                || breaker.trips(self.window.counts(&inner.tally))
        };
        trips.then(|| self.trip(&mut inner, breaker, now, server_wait))
    }

    /// An attempt has ended without information about the upstream: cancelled, dropped, or failed
    /// by the caller's fault.
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
            inner.in_flight = inner.in_flight.saturating_sub(1);
        }
    }

    /// Whether the circuit is half-open.
    pub(crate) fn is_half_open(&self, now: Moment) -> bool {
        self.state(now) == BreakerState::HalfOpen
    }

    /// The state. After a break it is half-open, even before the first probe.
    pub(crate) fn state(&self, now: Moment) -> BreakerState {
        let inner = lock(&self.inner);
        let word = self.word.load(Ordering::Relaxed);
        match tag(word) {
            OPEN if !inner.is_before_end(now) => BreakerState::HalfOpen,
            _ => state(word),
        }
    }

    /// Locks the state, if the result of `ticket` still counts.
    fn lock_at(&self, ticket: Ticket, now: Moment) -> Option<MutexGuard<'_, Inner>> {
        // Checked without the lock first, for many late results just after the circuit has opened.
        if self.word.load(Ordering::Relaxed) != ticket.0 {
            return None;
        }
        let inner = lock(&self.inner);
        let counts = self.word.load(Ordering::Relaxed) == ticket.0
            && (!ticket.is_probe() || inner.is_before_end(now));
        counts.then_some(inner)
    }

    pub(super) fn trip(
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

    pub(super) fn close(&self, inner: &mut Inner) -> Change {
        inner.breaks = 0;
        self.consecutive_failures.store(0, Ordering::Relaxed);
        self.window.clear(&mut inner.tally);
        self.turn(CLOSED, None)
    }

    /// Starts a new generation. The caller holds the lock.
    pub(super) fn turn(&self, tag: u64, break_duration: Option<Duration>) -> Change {
        let word = self.word.load(Ordering::Relaxed);
        let next = turned(word, tag);
        // Release: an attempt that enters a closed circuit finds its window empty.
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
