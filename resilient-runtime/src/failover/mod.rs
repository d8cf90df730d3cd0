//! Several upstreams that stand in for each other: [`Failover`]. See [the
//! guide](crate::guide::failover).

pub(crate) mod around;
mod as_failover;
pub(crate) mod choice;
mod health;
mod settings;
mod snapshot;
mod state;
mod sticky;

pub use around::InFailover;
pub(crate) use around::InFallback;
pub use as_failover::{as_failover, policy_of_first};
pub(crate) use choice::{Choice, choose};
pub use settings::NewFailover;
use settings::Settings;
pub use snapshot::{FailoverSnapshot, TargetSnapshot};
pub(crate) use state::{FailoverState, count};
pub(crate) use sticky::Place;

use crate::scope::{self, Identity};
use std::{fmt, sync::OnceLock};

/// The bit of a target in a set of targets.
#[inline]
pub(crate) const fn bit(index: u8) -> u32 {
    match 1_u32.checked_shl(index as u32) {
        Some(bit) => bit,
        None => 0,
    }
}

/// Targets that stand in for each other, in their order of preference.
///
/// Define it in a `static` and name it in the attribute. Each target is an [`Upstream`] and a name,
/// such as a model, a region or a key, under which the upstream keeps a state of its own: limits,
/// gate, circuit breaker and retry budget.
///
/// ```
/// use resilient_runtime::{CallError, Failover, FailoverContext, Target, Upstream, resilient};
/// use std::time::Duration;
///
/// static OPENAI: Upstream = Upstream::new("openai").requests_per_minute(500);
/// static AZURE: Upstream = Upstream::new("azure").requests_per_minute(300);
///
/// static CHAT: Failover = Failover::new("chat")
///     .to(&OPENAI, "gpt-4o")
///     .to(&AZURE, "eu")
///     .prefer_wait(Duration::from_secs(2))
///     .sticky(Duration::from_secs(60));
///
/// #[resilient(failover = CHAT, context = attempt)]
/// async fn ask(question: &str) -> Result<String, CallError<std::io::Error>> {
///     Ok(send(attempt.target(), question).await?)
/// }
/// # async fn send(target: Target, question: &str) -> std::io::Result<String> {
/// #     Ok(format!("{target}: {question}"))
/// # }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// assert_eq!(runtime.block_on(ask("hello"))?, "openai/gpt-4o: hello");
/// # Ok(())
/// # }
/// ```
///
/// [`Upstream`]: crate::Upstream
pub struct Failover {
    settings: Settings,
    /// Made by the first call, so that a failover can be built in a constant.
    state: OnceLock<FailoverState>,
    identity: Identity,
}

impl Failover {
    /// This failover, or the one that stands in for it in an isolated test.
    #[inline(always)]
    fn here(&'static self) -> &'static Self {
        scope::fresh(&self.identity, self, || Self::of(self.settings))
    }

    #[expect(clippy::large_types_passed_by_value, reason = "it is kept")]
    const fn of(settings: Settings) -> Self {
        Self {
            settings,
            state: OnceLock::new(),
            identity: Identity::new(),
        }
    }

    /// Its state, which the first call makes.
    #[inline]
    pub(crate) fn state(&'static self) -> &'static FailoverState {
        let here = self.here();
        here.state
            .get_or_init(|| FailoverState::new(&here.settings))
    }

    /// The name used in events, metrics and errors.
    pub const fn name(&self) -> &'static str {
        self.settings.name
    }
}

impl fmt::Debug for Failover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failover")
            .field("name", &self.settings.name)
            .finish_non_exhaustive()
    }
}
