//! The state that calls of one API share: [`Upstream`] with its breaker, limits, gate and retry
//! budget.

mod admission;
mod as_upstream;
mod break_wait;
pub(crate) mod breaker;
mod builder;
pub(crate) mod cap;
pub(crate) mod concurrency;
mod config;
#[cfg(feature = "config")]
mod configured;
mod control;
mod events;
mod gate;
mod handle;
mod hindrance;
mod key_hash;
pub(crate) mod keys;
mod outlook;
mod permit;
mod presets;
mod queue_terms;
pub(crate) mod rate;
#[cfg(feature = "sharing")]
mod replica;
mod running;
mod shadow;
mod spent;
pub(crate) mod state;
mod stats;
mod stream;
mod turns;
#[cfg(not(feature = "config"))]
mod unconfigured;
#[cfg(not(feature = "sharing"))]
mod unshared;
mod vote;

pub(crate) use admission::Admission;
pub use as_upstream::{as_upstream, policy_of};
pub use breaker::{Breaker, SlowCalls};
#[cfg(feature = "testing")]
pub(crate) use cap::WallTime;
pub use concurrency::Concurrency;
pub use config::UpstreamConfig;
#[cfg(feature = "config")]
pub(crate) use configured::{Limits, configured_origin, publish_limits, unmatched_names};
pub use handle::{KeyHandle, UpstreamHandle, key_handle};
pub(crate) use hindrance::Hindrance;
pub(crate) use permit::Permit;
pub use queue_terms::QueueTerms;
#[cfg(feature = "sharing")]
use replica::HeldPlace;
#[cfg(feature = "opentelemetry-033")]
pub(crate) use running::UpstreamList;
pub(crate) use running::{RunningUpstream, used as used_upstreams};
pub(crate) use spent::Spent;
pub use stats::{Counts, KeySnapshot, SharingSnapshot, Snapshot, Usage};
pub use stream::HeldPermit;
#[cfg(not(feature = "sharing"))]
use unshared::HeldPlace;

use crate::scope::{self, Identity, StandIn};
use state::UpstreamState;
use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, OnceLock},
};

/// The protection that all callers of one API share: a circuit breaker, limits on requests, tokens
/// and concurrency, a shared pause that the server asks for (the gate), and the retry budget.
///
/// Define it in a `static` and name it in the attribute. There, an invalid setting does not
/// compile. For numbers from outside, use [`UpstreamConfig`], which returns an error instead.
///
/// ```
/// use resilient_runtime::{Concurrency, Breaker, CallError, Upstream, resilient};
///
/// static OPENAI: Upstream = Upstream::new("openai")
///     .requests_per_minute(500)
///     .tokens_per_minute(200_000)
///     .concurrency(Concurrency::new(32))
///     .breaker(Breaker::new());
///
/// #[resilient(upstream = OPENAI, cost = 800)]
/// async fn ask(question: &str) -> Result<String, CallError<std::io::Error>> {
///     Ok(send(question).await?)
/// }
/// # async fn send(question: &str) -> std::io::Result<String> { Ok(question.to_owned()) }
/// ```
///
/// # How an attempt is let through
///
/// Waiting counts against the deadline of the call, not against the timeout of the attempt.
///
/// 1. **breaker**: an open circuit rejects the attempt at once
///    ([`Class::CircuitOpen`](crate::Class::CircuitOpen));
/// 2. **caps**: one that is reached rejects the attempt at once
///    ([`Class::CapReached`](crate::Class::CapReached));
/// 3. **gate**: while it is closed, attempts wait; afterwards each leaves at a random moment;
/// 4. **concurrency**: if all permits are taken, the attempt waits in a queue; a full queue, if
///    bounded by [`queue`](Concurrency::queue), rejects it
///    ([`Class::AtCapacity`](crate::Class::AtCapacity));
/// 5. **rate**: the attempt waits in a queue until the limits of requests and of tokens have room;
/// 6. **caps** and **breaker** again, since their state may have changed meanwhile.
///
/// An attempt that waits for one of them holds none of the others, and passes them again
/// afterwards: permit, request and tokens are taken at one moment. Its turn in the queue of a rate
/// limit remains while it waits for a permit.
///
/// An attempt waits until the deadline of its call; without a deadline the wait is unbounded. If a
/// wait would exceed the deadline, or [`max_wait`](UpstreamConfig::max_wait) if set, the attempt is
/// rejected at once ([`Class::Throttled`](crate::Class::Throttled)). Every rejection is a
/// [`Rejection`](crate::Rejection), with the necessary wait if it is known; it does not count as a
/// failure of the upstream. If an earlier attempt of the call failed, the caller gets that failure,
/// and [`History::gave_up`](crate::History::gave_up) names the reason for the rejection.
///
/// # Keys
///
/// With `key = expr`, each key (tenant, model, host) has its own state under the same settings. At
/// most [`keys`](UpstreamConfig::keys) keys are kept; when more arrive, the longest idle ones are
/// evicted. Of a key longer than 64 bytes only the beginning and a hash are kept.
#[doc(alias("dependency", "resource"))]
pub struct Upstream {
    config: UpstreamConfig,
    /// Initialised by the first call, so that an upstream can be built in a constant.
    running: OnceLock<Arc<RunningUpstream>>,
    identity: Identity,
}

impl Upstream {
    /// The name used in logs, metrics and errors.
    #[inline]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The name as a constant; empty if it was built with one from outside.
    pub(crate) const fn const_name(&self) -> &'static str {
        match self.config.name {
            Cow::Borrowed(name) => name,
            Cow::Owned(_) => "",
        }
    }

    /// The configuration it was built with. Later changes appear in [`snapshot`](Self::snapshot).
    #[inline]
    pub const fn config(&self) -> &UpstreamConfig {
        &self.config
    }

    /// This upstream, or the one that stands in for it in an isolated test.
    #[inline(always)]
    pub(crate) fn here(&self) -> &Self {
        scope::fresh(&self.identity, self, || Self::of(self.config.clone()))
    }

    /// What stands in for it, for what outlives the code that runs now.
    pub(crate) fn stand_in(&self) -> StandIn<Self> {
        StandIn::here(&self.identity, || Self::of(self.config.clone()))
    }

    /// The state of calls without a key.
    #[inline]
    pub(crate) fn shared(&self) -> &UpstreamState {
        &self.running().shared
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
