//! One circuit. A closed circuit is entered and left without a lock.

use crate::{
    BreakerState,
    clock::Moment,
    event::CircuitCause,
    sync::{AtomicU64, Mutex, MutexGuard, Ordering, lock},
    upstream::breaker::{
        Breaker,
        inner::Inner,
        state::{CLOSED, Change, Entry, HALF_OPEN, ISOLATED, OPEN, Ticket, state, tag, turned},
        stream::consecutive,
        window::Window,
    },
};
use std::time::Duration;

/// One circuit: 448 bytes, made in a `const`.
///
/// Each change of the state, and each new round of probes, is a new generation. Results of an older
/// generation change nothing, except a success that is being counted at the moment of the change,
/// and a successful probe of the same half-open phase.
pub(crate) struct Circuit {
    /// Generation and state. Written only under the lock.
    pub(super) word: AtomicU64,
    /// Consecutive failures, and a number above them (see `stream`). Written under the lock, or set
    /// to zero.
    pub(super) consecutive_failures: AtomicU64,
    pub(super) window: Window,
    pub(super) inner: Mutex<Inner>,
}

impl Circuit {
    pub(crate) const fn new() -> Self {
        Self {
            word: AtomicU64::new(CLOSED),
            consecutive_failures: AtomicU64::new(0),
            window: Window::new(),
            inner: Mutex::new(Inner::NEW),
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
            OPEN => change = Some(self.begin_phase(&mut inner)),
            _ if inner.is_full(now, breaker.probes()) => return Err(inner.probe_wait(now)),
            _ if inner.in_flight > 0 && !inner.is_before_end(now) => {
                self.turn(HALF_OPEN);
                inner.in_flight = 0;
            }
            _ => {}
        }
        inner.probes = breaker.probes();
        inner.in_flight = inner.in_flight.saturating_add(1);
        inner.set_until(now.after(breaker.probe_timeout), now);
        let ticket = Ticket(self.word.load(Ordering::Relaxed));
        Ok(Entry { ticket, change })
    }

    /// An attempt has succeeded after `took`.
    #[inline(always)]
    pub(crate) fn success(
        &self,
        breaker: &Breaker,
        ticket: Ticket,
        now: Moment,
        took: Duration,
    ) -> Option<Change> {
        if !ticket.is_probe() {
            if self.word.load(Ordering::Acquire) != ticket.0 {
                return None;
            }
            if self.consecutive_failures.load(Ordering::Relaxed) != 0 {
                self.consecutive_failures.store(0, Ordering::Relaxed);
            }
            if !breaker.is_slow(took) && self.window.success(now) {
                return None;
            }
        }
        self.success_locked(breaker, ticket, now, took)
    }

    #[cold]
    pub(super) fn success_locked(
        &self,
        breaker: &Breaker,
        ticket: Ticket,
        now: Moment,
        took: Duration,
    ) -> Option<Change> {
        let slow = breaker.is_slow(took);
        if ticket.is_probe() {
            return if slow {
                self.probe_failed(breaker, ticket, now, CircuitCause::SlowCalls, None)
            } else {
                self.probe_succeeded(breaker, ticket)
            };
        }
        let mut inner = self.lock_at(ticket)?;
        self.window
            .late_success(&mut inner.tally, now, breaker.window, slow);
        let trips = slow
            .then(|| breaker.trips(self.window.counts(&inner.tally)))
            .flatten();
        trips.map(|cause| self.trip(&mut inner, breaker, now, None, cause))
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
        if ticket.is_probe() {
            let cause = CircuitCause::FailureRatio;
            return self.probe_failed(breaker, ticket, now, cause, server_wait);
        }
        let mut inner = self.lock_at(ticket)?;
        let slow = breaker.is_slow(took);
        self.window
            .failure(&mut inner.tally, now, breaker.window, slow);
        let consecutive_failures = self.count_consecutive();
        let cause = if breaker.consecutive_reached(consecutive_failures) {
            Some(CircuitCause::ConsecutiveFailures)
        } else {
            breaker.trips(self.window.counts(&inner.tally))
        };
        cause.map(|cause| self.trip(&mut inner, breaker, now, server_wait, cause))
    }

    /// Counts one more consecutive failure. The caller holds the lock.
    pub(super) fn count_consecutive(&self) -> u64 {
        let word = self.consecutive_failures.fetch_add(1, Ordering::Relaxed);
        consecutive(word).saturating_add(1)
    }

    /// A ticket for a failure after the success of its attempt, such as that of a stream: it counts
    /// only if the circuit is closed.
    pub(crate) fn ticket_if_closed(&self) -> Ticket {
        let word = self.word.load(Ordering::Acquire);
        if tag(word) == CLOSED {
            Ticket(word)
        } else {
            Ticket::LATE
        }
    }

    /// An attempt has ended without information about the upstream: cancelled, dropped, panicked,
    /// or failed before an answer came.
    #[inline]
    pub(crate) fn ignore(&self, ticket: Ticket) {
        if ticket.is_probe() {
            self.give_back(ticket);
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

    /// Locks the state, if it is still the generation of `ticket`.
    pub(super) fn lock_at(&self, ticket: Ticket) -> Option<MutexGuard<'_, Inner>> {
        // Checked without the lock first, for many late results just after the circuit has opened.
        if self.word.load(Ordering::Relaxed) != ticket.0 {
            return None;
        }
        let inner = lock(&self.inner);
        (self.word.load(Ordering::Relaxed) == ticket.0).then_some(inner)
    }

    pub(super) fn trip(
        &self,
        inner: &mut Inner,
        breaker: &Breaker,
        now: Moment,
        wait: Option<Duration>,
        cause: CircuitCause,
    ) -> Change {
        let break_duration = match wait {
            Some(wait) => wait.max(breaker.break_duration),
            None => breaker.break_duration_after(inner.breaks),
        };
        inner.set_until(now.after(break_duration), now);
        inner.breaks = inner.breaks.saturating_add(1);
        inner.is_grown = wait.is_none();
        inner.cause = Some(cause);
        Change {
            break_duration: Some(break_duration),
            cause: Some(cause),
            ..self.turn(OPEN)
        }
    }

    pub(super) fn close(&self, inner: &mut Inner) -> Change {
        inner.breaks = 0;
        self.consecutive_failures.store(0, Ordering::Relaxed);
        self.window.clear(&mut inner.tally);
        self.turn(CLOSED)
    }

    /// Starts a new generation. The caller holds the lock.
    pub(super) fn turn(&self, tag: u64) -> Change {
        let word = self.word.load(Ordering::Relaxed);
        let next = turned(word, tag);
        // Release: an attempt that enters a closed circuit finds its window empty.
        self.word.store(next, Ordering::Release);
        Change {
            from: state(word),
            to: state(next),
            break_duration: None,
            cause: None,
        }
    }
}

#[cfg(test)]
#[path = "circuit_test.rs"]
mod tests;
#[cfg(test)]
#[path = "circuit_walk_test.rs"]
mod walk;
