//! The context of an attempt at one of several targets.

use super::{AttemptContext, Call};
use crate::{
    Target, Upstream,
    failover::around,
    route::{FailoverRoute, PolicySource},
    upstream::KeyHandle,
};
use std::{fmt, ops::Deref};

/// The attempt that a body runs in, of a function with `failover = …`: bound by `context = name`.
/// It has everything of an [`AttemptContext`], and the target.
///
/// ```
/// # use resilient_runtime::{CallError, Failover, Target, Upstream, resilient};
/// # static OPENAI: Upstream = Upstream::new("openai");
/// # static CHAT: Failover = Failover::new("chat").to(&OPENAI, "gpt-4o").to(&OPENAI, "gpt-4.1");
/// # async fn send(_: Target, _: &str) -> std::io::Result<String> { Ok(String::new()) }
/// #[resilient(failover = CHAT, context = attempt)]
/// async fn ask(question: &str) -> Result<String, CallError<std::io::Error>> {
///     let target = attempt.target();
///     println!("attempt {} goes to {target}", attempt.number());
///     Ok(send(target, question).await?)
/// }
/// ```
#[derive(Clone, Copy)]
pub struct FailoverContext {
    context: AttemptContext,
    target: Target,
}

impl FailoverContext {
    /// The target that this attempt has to be sent to.
    pub const fn target(&self) -> Target {
        self.target
    }
}

impl Deref for FailoverContext {
    type Target = AttemptContext;

    fn deref(&self) -> &AttemptContext {
        &self.context
    }
}

impl<R, C, O, W, P: PolicySource> Call<R, C, O, W, FailoverRoute<P>> {
    /// The upstream and the key of the target that serves the call.
    pub(crate) fn held_target(&self) -> (&'static Upstream, KeyHandle) {
        self.routed.route.held_target()
    }
}

impl AttemptContext {
    /// With the target of the attempt around the running code, which is chosen when it is sent.
    #[doc(hidden)]
    pub fn __resilient_with_target(self) -> FailoverContext {
        FailoverContext {
            context: self,
            target: around::target().unwrap_or(Target::NONE),
        }
    }
}

impl fmt::Debug for FailoverContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailoverContext")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
