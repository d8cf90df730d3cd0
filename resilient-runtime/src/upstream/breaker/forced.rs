//! Changes of a circuit that do not follow from its counts: opened at once, isolated or released.

use crate::{
    clock::Moment,
    event::CircuitCause,
    sync::{Ordering, lock},
    upstream::breaker::{
        Breaker, Circuit,
        state::{CLOSED, Change, ISOLATED, OPEN, tag},
    },
};
use std::time::Duration;

impl Circuit {
    /// Opens the circuit at once, for `break_duration`, but at least the shortest break. An open
    /// circuit stays open for at least as long; an isolated one is not changed.
    pub(crate) fn open(
        &self,
        breaker: &Breaker,
        now: Moment,
        break_duration: Duration,
        cause: CircuitCause,
    ) -> Option<Change> {
        let mut inner = lock(&self.inner);
        match tag(self.word.load(Ordering::Relaxed)) {
            ISOLATED => None,
            OPEN if inner.is_before_end(now) => {
                let until = now.after(break_duration.max(breaker.break_duration));
                if until > inner.until {
                    inner.is_grown = false;
                    inner.cause = Some(cause);
                }
                let until = inner.until.max(until);
                inner.set_until(until, now);
                None
            }
            _ => Some(self.trip(&mut inner, breaker, now, Some(break_duration), cause)),
        }
    }

    pub(crate) fn is_isolated(&self) -> bool {
        tag(self.word.load(Ordering::Acquire)) == ISOLATED
    }

    /// Rejects every attempt until [`release`](Self::release).
    pub(crate) fn isolate(&self) -> Option<Change> {
        let mut inner = lock(&self.inner);
        if tag(self.word.load(Ordering::Relaxed)) == ISOLATED {
            return None;
        }
        inner.cause = Some(CircuitCause::Isolated);
        Some(Change {
            cause: inner.cause,
            ..self.turn(ISOLATED)
        })
    }

    /// The cause of the latest opening.
    pub(crate) fn cause(&self) -> Option<CircuitCause> {
        lock(&self.inner).cause
    }

    /// Closes the circuit, isolated or open, and clears its counts.
    pub(crate) fn release(&self) -> Option<Change> {
        let mut inner = lock(&self.inner);
        let closed = tag(self.word.load(Ordering::Relaxed)) == CLOSED;
        (!closed).then(|| self.close(&mut inner))
    }
}
