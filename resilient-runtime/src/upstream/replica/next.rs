//! The next thing that the task of a replica does.

use crate::{clock::Moment, sharing::Order, upstream::replica::Inner};
use std::time::Duration;

/// The task ends when no attempt has come for so long. The store forgets a replica after as long.
pub(super) const IDLE: Duration = Duration::from_secs(10);

/// A permit that the store had none for is asked for again after this time.
const ASKS_AGAIN: Duration = Duration::from_millis(250);

/// The least and the longest time between two beats, and the part of it for each replica: many
/// replicas make few operations each, and still fewer than the store forgets them in.
const BEAT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));
const BEAT_OF_EACH: Duration = Duration::from_millis(150);

/// The time between two reports of a retry budget in use.
const TELLS_BUDGET: Duration = Duration::from_secs(1);

/// The next thing to do.
pub(super) enum Next {
    Order(Order),
    Settle,
    Beat,
    Probe,
    /// Nothing before then.
    Sleep(Moment),
    /// Nothing at all: the task ends.
    Stop,
}

impl Next {
    /// The operation of the store.
    pub(super) const fn as_str(&self) -> &'static str {
        match self {
            Self::Order(_) => "order",
            Self::Beat => "beat",
            Self::Probe => "probe",
            _ => "settle",
        }
    }
}

impl Inner {
    /// Decides it. `is_idle` is whether no attempt has come for a while, `budget` whether a retry
    /// budget that is shared is in use.
    pub(super) fn next(
        &mut self,
        now: Moment,
        is_idle: bool,
        has_permits: bool,
        budget: Option<bool>,
    ) -> Next {
        let unused = self.line.expire(now);
        self.pending.unused(unused, now);
        if self.circuit.asks(now) {
            return Next::Probe;
        }
        let asks = if self.wants_permits {
            ASKS_AGAIN
        } else {
            BEAT_OF_EACH
                .saturating_mul(self.replicas)
                .clamp(BEAT.0, BEAT.1)
        };
        let beats_at = match self.answered_at {
            // Any operation tells of this replica; only a beat divides the permits.
            Some(answered_at) if !has_permits => answered_at.after(asks),
            Some(_) => self.beat_at.after(asks),
            None => now,
        };
        // Before an order: there may be orders all the time.
        if has_permits && beats_at <= now && !is_idle {
            return Next::Beat;
        }
        if self.answered_at.is_some() || !has_permits {
            if let Some((costs, latest)) = self.line.order(now) {
                let latest = latest.since(now);
                return Next::Order(Order { costs, latest });
            }
        }
        if beats_at <= now && !is_idle {
            return Next::Beat;
        }
        let budget_at = match (budget, self.answered_at) {
            _ if is_idle => None,
            (Some(true), Some(answered_at)) => Some(answered_at.after(TELLS_BUDGET)),
            // It is looked at as often.
            (Some(false), _) => Some(now.after(TELLS_BUDGET)),
            _ => None,
        };
        let settles_at = self.pending.is_due_at().into_iter().chain(budget_at).min();
        if settles_at.is_some_and(|at| at <= now) {
            return Next::Settle;
        }
        if is_idle && self.line.is_empty() && self.pending.is_empty() {
            return if self.pending.caps_used {
                Next::Settle
            } else {
                Next::Stop
            };
        }
        let mut next = if is_idle { now.after(IDLE) } else { beats_at };
        let others = [settles_at, self.line.orders_at(), self.line.expires()];
        for at in others.into_iter().flatten() {
            next = next.min(at);
        }
        Next::Sleep(next.max(now.after(Duration::from_millis(1))))
    }
}
