//! Snapshots of a running upstream.

mod counts;
mod usage;

pub(crate) use counts::Counters;
pub use counts::Counts;
pub(crate) use usage::Totals;
pub use usage::Usage;

use super::{RunningUpstream, Upstream, keys::Keys, state::UpstreamState};
use crate::{BreakerState, CapUsage, Rate, clock::Moment, statistics::Calls};
use std::{cell::Cell, fmt, time::Duration};

/// A snapshot of an upstream, or of one key. Fields without a configured limit are `None`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The state of the circuit breaker. Without one, [`Isolated`](BreakerState::Isolated) while
    /// that is so.
    pub breaker: Option<BreakerState>,
    /// The remaining pause, if the gate is closed.
    pub gate: Option<Duration>,
    /// Permits in use: attempts in flight.
    pub in_use: Option<u32>,
    /// Attempts waiting for a permit.
    pub waiting: Option<u32>,
    /// The current number of permits, as adapted or changed.
    pub permits: Option<u32>,
    /// Requests that can be sent at once; negative if the limit was exceeded.
    pub requests: Option<i64>,
    /// The burst of requests after idle time.
    pub request_capacity: Option<u64>,
    /// The current rate of requests, as learned or changed.
    pub request_rate: Option<Rate>,
    /// Tokens that can be spent at once; negative if the limit was exceeded.
    pub tokens: Option<i64>,
    /// The burst of tokens after idle time: the highest possible cost of a call.
    pub token_capacity: Option<u64>,
    /// The current rate of tokens, as learned or changed.
    pub token_rate: Option<Rate>,
    /// The balance of the retry budget, in deposits of one success, by the upstream's own policy.
    /// Negative after failed retries that it could not pay for, down to minus the capacity.
    pub budget: f64,
    /// The highest balance of the retry budget, with which it starts. Zero without a budget.
    /// Default: 20.
    pub budget_capacity: f64,
    /// The caps, with their use in the current window. Those of the upstream count the calls of all
    /// keys too; those of a key count its own calls.
    pub caps: Vec<CapUsage>,
    /// Deferred retries.
    pub waiting_retries: u64,
    /// The sharing with other replicas; `None` if it is not shared, as without the feature
    /// `sharing`.
    pub sharing: Option<SharingSnapshot>,
    /// Tokens used since the program started.
    pub usage: Usage,
    /// Interventions since the program started.
    pub counts: Counts,
}

/// The sharing of an upstream with other replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharingSnapshot {
    /// The replicas last known, with this one.
    pub replicas: u32,
    /// The time since the store could not be reached; `None` while it can.
    pub lost: Option<Duration>,
}

/// Inspecting a running upstream.
impl Upstream {
    /// A snapshot of the state of calls without a key.
    pub fn snapshot(&self) -> Snapshot {
        self.here().running().snapshot()
    }

    /// A snapshot of one key; `None` if the key is unknown or was evicted.
    pub fn snapshot_by(&self, key: &str) -> Option<Snapshot> {
        let running = self.here().running();
        let shared = running.keys()?.peek(key)?;
        Some(running.snapshot_of(&shared))
    }

    /// The number of keys that have a state.
    pub fn key_count(&self) -> usize {
        self.here().running().key_count()
    }

    /// The keys that have a state, each with a snapshot and its statistics, in no particular order.
    pub fn list_keys(&self) -> Vec<KeySnapshot> {
        self.here().running().list_keys()
    }
}

/// A key of an upstream, from [`Upstream::list_keys`].
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct KeySnapshot {
    /// The key; of one above 64 bytes the beginning and a hash. It comes from an argument of the
    /// function: do not log it.
    pub key: String,
    /// Its state.
    pub state: Snapshot,
    /// Its calls, while [statistics](crate::statistics) are kept.
    pub calls: Calls,
}

/// Without the key.
impl fmt::Debug for KeySnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySnapshot")
            .field("state", &self.state)
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}

impl RunningUpstream {
    /// A snapshot of the state of calls without a key.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.snapshot_of(&self.shared)
    }

    /// The tokens used by calls without a key and with one.
    #[cfg(any(feature = "metrics", feature = "opentelemetry-033"))]
    pub(crate) fn usage_of_all(&self) -> Usage {
        self.shared
            .spending
            .usage
            .read()
            .plus(self.usage_of_keys.read())
    }

    /// The number of keys whose circuit breaker is open, or isolated by hand.
    pub(crate) fn open_keys(&self) -> usize {
        let now = Moment::now();
        let open = Cell::new(0_usize);
        if let Some(keys) = self.keys() {
            keys.for_each(|_, shared| {
                if matches!(
                    shared.circuit.state(now),
                    BreakerState::Open | BreakerState::Isolated
                ) {
                    open.set(open.get().saturating_add(1));
                }
            });
        }
        open.get()
    }

    pub(crate) fn key_count(&self) -> usize {
        self.keys().map_or(0, Keys::len)
    }

    pub(crate) fn list_keys(&self) -> Vec<KeySnapshot> {
        let mut all = Vec::new();
        if let Some(keys) = self.keys() {
            keys.for_each(|key, shared| {
                all.push(KeySnapshot {
                    key: key.to_owned(),
                    state: self.snapshot_of(shared),
                    calls: shared.statistics.read(),
                });
            });
        }
        all
    }

    pub(crate) fn snapshot_of(&self, shared: &UpstreamState) -> Snapshot {
        let now = Moment::now();
        let settings = shared.settings(&self.built);
        let limited = |number: u32| shared.concurrency.is_limited().then_some(number);
        let request_rate = shared.requests.effective(now);
        let token_rate = shared.tokens.effective(now);
        Snapshot {
            breaker: Some(shared.circuit.state(now))
                .filter(|state| settings.breaker.is_some() || *state == BreakerState::Isolated),
            gate: shared.gate.closed(now),
            in_use: limited(shared.concurrency.in_use()),
            waiting: limited(shared.concurrency.waiting()),
            permits: limited(shared.concurrency.limit()),
            requests: request_rate.map(|_| shared.requests.level(now)),
            request_capacity: request_rate.map(|_| shared.requests.capacity()),
            request_rate,
            tokens: token_rate.map(|_| shared.tokens.level(now)),
            token_capacity: token_rate.map(|_| shared.tokens.capacity()),
            token_rate,
            budget: shared.budget.balance.level(settings.policy.budget, now),
            budget_capacity: settings.policy.budget.capacity(),
            caps: shared.cap_usage(),
            waiting_retries: shared.budget.waiting(),
            sharing: shared.sharing(now),
            usage: shared.spending.usage.read(),
            counts: shared.counts.read(),
        }
    }
}
