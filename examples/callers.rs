//! The callers of the [`world`](crate::world) and of the [`burst`](crate::burst): our policy, and others to compare it with.

use std::time::Duration;

use resilient_runtime::{Breaker, Budget, Policy};

/// In seconds.
const MINUTE: u64 = 60;

/// How the callers call.
#[derive(Clone, Copy, Debug)]
pub struct Callers {
    /// Their policy; its seed is that of each operation.
    pub policy: Policy,
    /// The breaker of each process.
    pub breaker: Option<Breaker>,
    /// Whether a server's wait holds back all callers of the process.
    pub gate: bool,
    /// Whether retries are held to a tenth of the requests of the process in the last 10 s. It is meant for a policy
    /// without a budget of its own, and knows no breaker.
    pub plain_budget: bool,
}

impl Callers {
    /// The default policy: its attempts get 1 s, its calls 15 s.
    pub const OURS: Self = Self {
        policy: Policy::DEFAULT
            .timeout(Duration::from_secs(1))
            .deadline(Duration::from_secs(15)),
        breaker: None,
        gate: false,
        plain_budget: false,
    };

    /// The same with a circuit breaker that tries again every 2 s.
    pub const WITH_BREAKER: Self = Self {
        breaker: Some(
            Breaker::DEFAULT
                .break_duration(Duration::from_secs(2))
                .max_break_duration(Duration::from_secs(2)),
        ),
        ..Self::OURS
    };

    /// The same, and a server's wait holds back all callers of the process.
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

    /// One attempt and no more.
    pub const NO_RETRY: Self = Self {
        policy: Self::PLAIN_JITTER.policy.attempts(1),
        ..Self::OURS
    };

    /// The default policy in a batch: its attempts get 60 s, and its calls as long as they take.
    pub const BATCH: Self = Self {
        policy: Policy::DEFAULT.timeout(Duration::from_secs(MINUTE)),
        ..Self::OURS
    };

    /// The same schedule without any budget.
    pub const PLAIN_BATCH: Self = Self {
        policy: Self::BATCH.policy.budget(Budget::NONE),
        ..Self::BATCH
    };

    /// One attempt of a batch and no more.
    pub const BATCH_WITHOUT_RETRY: Self = Self {
        policy: Self::PLAIN_BATCH.policy.attempts(1),
        ..Self::BATCH
    };

    /// With another time for an attempt.
    pub const fn timeout(self, timeout: Duration) -> Self {
        Self {
            policy: self.policy.timeout(timeout),
            ..self
        }
    }

    /// With other times for an attempt and for a call.
    pub const fn times(self, timeout: Duration, deadline: Duration) -> Self {
        Self {
            policy: self.policy.timeout(timeout).deadline(deadline),
            ..self
        }
    }
}
