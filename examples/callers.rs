//! The callers of the [`world`](crate::world) and of the [`burst`](crate::burst): the policy of the
//! library, and others for comparison.

use std::time::Duration;

use resilient_runtime::{Breaker, Budget, Policy};

/// In seconds.
const MINUTE: u64 = 60;

/// The behaviour of the callers.
#[derive(Clone, Copy, Debug)]
pub struct Callers {
    /// Their policy; its seed is that of each operation.
    pub policy: Policy,
    /// The breaker of each process.
    pub breaker: Option<Breaker>,
    /// Whether the `Retry-After` of a server pauses all callers of the process.
    pub gate: bool,
    /// Whether retries are limited to a tenth of the requests of the process in the last 10 s. For
    /// policies without a budget of their own; it ignores the breaker.
    pub plain_budget: bool,
}

impl Callers {
    /// The default policy with a timeout of 1 s and a deadline of 15 s.
    pub const OURS: Self = Self {
        policy: Policy::DEFAULT
            .timeout(Duration::from_secs(1))
            .deadline(Duration::from_secs(15)),
        breaker: None,
        gate: false,
        plain_budget: false,
    };

    /// The same with a circuit breaker with breaks of 2 s.
    pub const WITH_BREAKER: Self = Self {
        breaker: Some(
            Breaker::DEFAULT
                .break_duration(Duration::from_secs(2))
                .max_break_duration(Duration::from_secs(2)),
        ),
        ..Self::OURS
    };

    /// The same with a gate.
    pub const WITH_GATE: Self = Self {
        gate: true,
        ..Self::OURS
    };

    /// The same schedule without any budget.
    pub const PLAIN_JITTER: Self = Self {
        policy: Self::OURS.policy.budget(Budget::NONE),
        ..Self::OURS
    };

    /// The same schedule with a plain budget.
    pub const PLAIN_BUDGET: Self = Self {
        plain_budget: true,
        ..Self::PLAIN_JITTER
    };

    /// A single attempt.
    pub const NO_RETRY: Self = Self {
        policy: Self::PLAIN_JITTER.policy.attempts(1),
        ..Self::OURS
    };

    /// The default policy in a batch: a timeout of 60 s, and no deadline.
    pub const BATCH: Self = Self {
        policy: Policy::DEFAULT.timeout(Duration::from_secs(MINUTE)),
        ..Self::OURS
    };

    /// The same schedule without any budget.
    pub const PLAIN_BATCH: Self = Self {
        policy: Self::BATCH.policy.budget(Budget::NONE),
        ..Self::BATCH
    };

    /// A single attempt of a batch.
    pub const BATCH_WITHOUT_RETRY: Self = Self {
        policy: Self::PLAIN_BATCH.policy.attempts(1),
        ..Self::BATCH
    };

    /// With another timeout.
    pub const fn timeout(self, timeout: Duration) -> Self {
        Self {
            policy: self.policy.timeout(timeout),
            ..self
        }
    }

    /// With another timeout and deadline.
    pub const fn times(self, timeout: Duration, deadline: Duration) -> Self {
        Self {
            policy: self.policy.timeout(timeout).deadline(deadline),
            ..self
        }
    }
}
