//! Events that own what they tell of, for observers that look at them later.

use super::{AttemptFailure, Event, EventKind, Origin, Tallies};
use std::borrow::Cow;

impl Event<'_> {
    /// The same event, to be kept or sent to another thread.
    pub fn into_owned(self) -> Event<'static> {
        Event {
            origin: self.origin.into_owned(),
            kind: self.kind.into_owned(),
        }
    }
}

impl Origin<'_> {
    pub(super) fn into_owned(self) -> Origin<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Origin {
            function: self.function,
            upstream: self.upstream.map(owned),
            key: self.key.map(owned),
            tallies: Tallies::default(),
        }
    }
}

impl EventKind<'_> {
    /// One arm for each kind, because the lifetime is part of the type.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind")]
    fn into_owned(self) -> EventKind<'static> {
        match self {
            Self::AttemptFailed(failed) => EventKind::AttemptFailed(failed.into_owned()),
            Self::Retrying {
                failed,
                delay,
                source,
            } => EventKind::Retrying {
                failed: failed.into_owned(),
                delay,
                source,
            },
            Self::Deferring(failed) => EventKind::Deferring(failed.into_owned()),
            Self::Released { failed, waited, by } => EventKind::Released {
                failed: failed.into_owned(),
                waited,
                by,
            },
            Self::GivingUp {
                failed,
                reason,
                end,
            } => EventKind::GivingUp {
                failed: failed.into_owned(),
                reason,
                end,
            },
            Self::RunFailed { failure } => EventKind::RunFailed {
                failure: Cow::Owned(failure.into_owned()),
            },
            Self::BatchSplit { failure, items } => EventKind::BatchSplit {
                failure: Cow::Owned(failure.into_owned()),
                items,
            },
            Self::StreamBroken { failed, items } => EventKind::StreamBroken {
                failed: failed.into_owned(),
                items,
            },
            Self::StreamResuming { failed, items } => EventKind::StreamResuming {
                failed: failed.into_owned(),
                items,
            },
            Self::NotReady { polls, delay } => EventKind::NotReady { polls, delay },
            Self::FallingBack { class, attempts } => EventKind::FallingBack { class, attempts },
            Self::FailingOver {
                failover,
                from,
                to,
                class,
            } => EventKind::FailingOver {
                failover,
                from,
                to,
                class,
            },
            Self::TargetDown {
                failover,
                target,
                class,
                probe,
            } => EventKind::TargetDown {
                failover,
                target,
                class,
                probe,
            },
            Self::TargetUp { failover, target } => EventKind::TargetUp { failover, target },
            Self::StoreAsked {
                operation,
                took,
                failure,
            } => EventKind::StoreAsked {
                operation,
                took,
                failure: failure.map(|it| Cow::Owned(it.into_owned())),
            },
            Self::StoreLost { reason } => EventKind::StoreLost {
                reason: Cow::Owned(reason.into_owned()),
            },
            Self::StoreRestored { lasted } => EventKind::StoreRestored { lasted },
            Self::Hedging { run } => EventKind::Hedging { run },
            Self::NotHedging { reason } => EventKind::NotHedging { reason },
            Self::Queued { waits_for } => EventKind::Queued { waits_for },
            Self::Admitted { waits_for, waited } => EventKind::Admitted { waits_for, waited },
            Self::NotEnforced { waits_for } => EventKind::NotEnforced { waits_for },
            Self::LimitChanged { limit, from, to } => EventKind::LimitChanged { limit, from, to },
            Self::CapNearing { usage } => EventKind::CapNearing { usage },
            Self::CapReached { usage } => EventKind::CapReached { usage },
            Self::GateClosed { pause } => EventKind::GateClosed { pause },
            Self::CircuitChanged {
                from,
                to,
                break_duration,
                cause,
            } => EventKind::CircuitChanged {
                from,
                to,
                break_duration,
                cause,
            },
            Self::Recovered { end, took } => EventKind::Recovered { end, took },
            Self::Succeeded { end, took } => EventKind::Succeeded { end, took },
            Self::StreamOpened => EventKind::StreamOpened,
            Self::FirstContent { attempt, elapsed } => EventKind::FirstContent { attempt, elapsed },
            Self::StreamEnded {
                items,
                elapsed,
                streaming,
            } => EventKind::StreamEnded {
                items,
                elapsed,
                streaming,
            },
            Self::StreamDropped {
                items,
                elapsed,
                streaming,
            } => EventKind::StreamDropped {
                items,
                elapsed,
                streaming,
            },
            Self::Cancelled { attempt, end } => EventKind::Cancelled { attempt, end },
            Self::ShuttingDown { waits } => EventKind::ShuttingDown { waits },
            Self::Switched { what, name, is_on } => EventKind::Switched {
                what,
                name: name.map(|name| Cow::Owned(name.into_owned())),
                is_on,
            },
            Self::ErrorRateJumped(jump) => EventKind::ErrorRateJumped(jump),
            #[cfg(feature = "config")]
            Self::ConfigurationRejected { mistake } => EventKind::ConfigurationRejected {
                mistake: Cow::Owned(mistake.into_owned()),
            },
            #[cfg(feature = "bulk")]
            Self::BulkStopped {
                reason,
                advice,
                ended,
                failed,
                in_flight,
            } => EventKind::BulkStopped {
                reason,
                advice: Cow::Owned(advice.into_owned()),
                ended,
                failed,
                in_flight,
            },
            #[cfg(feature = "chaos")]
            Self::FaultInjected { fault } => EventKind::FaultInjected { fault },
        }
    }
}

impl AttemptFailure<'_> {
    fn into_owned(self) -> AttemptFailure<'static> {
        AttemptFailure {
            failure: Cow::Owned(self.failure.into_owned()),
            attempt: self.attempt,
            attempts: self.attempts,
            elapsed: self.elapsed,
            took: self.took,
        }
    }
}
