//! Stage upstream: what calls share: an [`Upstream`] with its breaker, its limits, its gate and its retry budget.

mod admission;
mod as_upstream;
pub(crate) mod breaker;
mod builder;
pub(crate) mod concurrency;
mod config;
mod control;
mod gate;
mod handle;
pub(crate) mod keys;
mod permit;
mod presets;
pub(crate) mod rate;
pub(crate) mod state;
mod stats;

pub(crate) use admission::Admission;
pub use as_upstream::{as_upstream, policy_of};
pub use breaker::{Breaker, BreakerState, SlowCalls};
pub use concurrency::Concurrency;
pub use config::UpstreamConfig;
pub use handle::{KeyHandle, UpstreamHandle, key_handle};
pub(crate) use permit::Permit;
pub use rate::Rate;
pub(crate) use state::Spent;
pub use stats::{Counts, Snapshot, Usage};

use crate::{
    clock::Moment,
    sync::{Mutex, lock},
};
use keys::Keys;
use state::UpstreamState;
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// What the callers of one API share: a circuit breaker, limits of requests, tokens and concurrency, a gate that the server
/// closes, and the account of the retry budget.
///
/// It is made in a `static` and named in the attribute. A setting that makes no sense does not compile there; where numbers
/// come from outside, an [`UpstreamConfig`] gives an error instead.
///
/// ```
/// use resilient_runtime::{Breaker, CallError, Upstream, resilient};
///
/// static OPENAI: Upstream = Upstream::new("openai")
///     .requests_per_minute(500)
///     .tokens_per_minute(200_000)
///     .concurrency(32)
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
/// In this order, and the time it takes counts against the deadline of the call, not against the timeout of the attempt:
///
/// 1. **breaker**: an open circuit refuses the attempt at once ([`Class::CircuitOpen`](crate::Class::CircuitOpen));
/// 2. **gate**: while it is closed, the attempt waits, and then leaves it at a random moment;
/// 3. **concurrency**: with all slots taken, it waits in line; a line that is bounded by
///    [`queue`](Concurrency::queue) and full refuses it ([`Class::AtCapacity`](crate::Class::AtCapacity));
/// 4. **rate**: it waits in line until the limits of requests and of tokens have room;
/// 5. the breaker once more, for what has happened meanwhile.
///
/// An attempt waits as long as the deadline of its call allows, and without a deadline as long as it takes. A wait that would
/// outlast the deadline, or [`max_wait`](UpstreamConfig::max_wait) where it is set, is not begun
/// ([`Class::Throttled`](crate::Class::Throttled)). Each refusal is a [`Rejection`](crate::Rejection) with the wait that would
/// help, and no failure of the upstream. If an attempt has failed before, the caller gets that failure, and
/// [`History::gave_up`](crate::History::gave_up) says what the next one was refused by.
///
/// # Keys
///
/// With `key = expr` each key (tenant, model, host) has a state of its own under the same settings. At most
/// [`keys`](UpstreamConfig::keys) of them are kept: where more come, those that are idle for longest are forgotten.
pub struct Upstream {
    config: UpstreamConfig,
    /// Made when the first call comes, so that an upstream can be made in a constant.
    shared: OnceLock<UpstreamState>,
    keys: OnceLock<Keys<UpstreamState>>,
    /// The limits as they are now, where they were changed: for keys that are yet to come.
    changed: Mutex<Option<Box<UpstreamConfig>>>,
}

impl Upstream {
    /// The name that log, metrics and errors use.
    #[inline]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// What it limits, as it was made. What was changed since is in [`snapshot`](Self::snapshot).
    #[inline]
    pub const fn config(&self) -> &UpstreamConfig {
        &self.config
    }

    #[inline]
    pub(crate) const fn circuit_breaker(&self) -> Option<&Breaker> {
        self.config.breaker.as_ref()
    }

    /// The state of all who name no key.
    #[inline]
    pub(crate) fn shared(&self) -> &UpstreamState {
        self.shared
            .get_or_init(|| UpstreamState::new(&self.config, None))
    }

    /// The state of a key.
    pub(crate) fn shared_by(&self, key: &str) -> Arc<UpstreamState> {
        let keys = self
            .keys
            .get_or_init(|| Keys::new(self.config.keys, UpstreamState::matters));
        keys.get_or_insert(key, Moment::now(), || match &*lock(&self.changed) {
            Some(config) => UpstreamState::new(config, Some(key)),
            None => UpstreamState::new(&self.config, Some(key)),
        })
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
