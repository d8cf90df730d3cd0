//! Names that expansions use. Not part of the public API: they change with the macro crate.

#[cfg(any(feature = "chaos", feature = "testing"))]
pub use crate::call::{FailuresOnly, InjectionPoint, Part};
pub use crate::{
    ambient::{PollState, Recording},
    arguments::{
        Argument, Cloned, Given, HasBounds, Lent, LentExclusively, collected, converted,
        fallback_function, moved_by_the_body, replay, replay_items,
    },
    batch::{BatchResult, Halving, SharedError},
    blocking::block_on,
    call::{
        Attempt, Blocking, ByKey, Call, FailedRun, Fallback, IdempotencyKey, IntoFallback, Plan,
        Polls, ReadBody, ReturnType, Runs, UppermostPolicy, blocking, failure, read_body,
    },
    call_site::CallSite,
    classify::field::{AsStatus, AsText, AsWait, Details, of_status},
    clock::Moment,
    event::{CallSpan, Level, Origin},
    failover::{InFailover, as_failover, policy_of_first},
    failure::FromRejection,
    hedge::{Hedge, Race},
    policy::{Layer, PolicyRef},
    route::{
        CallPolicy, Competition, DirectHedgeAllowances, Discard, FailoverHandle, FailoverRoute,
        HedgeAllowance, HedgeAllowances, HedgeTerms, LastResult, LayeredPolicy, NoUpstream,
        PolicySource, QueueTerms, QueuedAttempt, Retention, RetryAccounting, Route, RouteState,
        Sending, SharedBudget, SharedConstraints, Start, Store, UpstreamCallPolicy,
        UpstreamHedgeAllowances, UpstreamPolicy, UpstreamRoute,
    },
    stream::{
        AnyUpstream, Begun, Content, FromBegun, HeldUpstream, NoHeldUpstream, NoResume, Opened,
        Opening, ResumeBy, StreamTimes, StreamUpstream, item_error,
    },
    upstream::{HeldPermit, KeyHandle, UpstreamHandle, as_upstream, key_handle, policy_of},
};
#[cfg(feature = "tracing")]
pub use ::tracing;

use crate::Policy;

/// The values of `policy = expr`.
#[diagnostic::on_unimplemented(
    message = "expected a policy: `Policy`, `&Policy` or `Arc<Policy>`, not `{Self}`",
    label = "not a policy"
)]
pub trait AsPolicy {
    /// The policy.
    fn as_policy(&self) -> &Policy;
}

#[diagnostic::do_not_recommend]
impl<P: AsRef<Policy> + ?Sized> AsPolicy for P {
    fn as_policy(&self) -> &Policy {
        self.as_ref()
    }
}

/// The policy of `policy = expr`, evaluated once a call.
pub fn policy<P: AsPolicy + ?Sized>(policy: &P) -> &Policy {
    policy.as_policy()
}

/// The values of `key = expr`.
#[diagnostic::on_unimplemented(
    message = "expected a key that is a text: a `&str`, a `String` or another `AsRef<str>`, not `{Self}`",
    label = "not a text"
)]
pub trait AsKey {
    /// The key.
    fn as_key(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<K: AsRef<str> + ?Sized> AsKey for K {
    fn as_key(&self) -> &str {
        self.as_ref()
    }
}

/// The key of `key = expr`, evaluated once a call.
pub fn key_of<K: AsKey + ?Sized>(key: &K) -> &str {
    key.as_key()
}

/// The policy, checked at compile time.
///
/// # Panics
/// Panics if the policy is invalid, which is a compile error in a `const`.
#[expect(clippy::panic, reason = "only ever called in a const block")]
pub const fn checked(policy: Policy) -> Policy {
    match policy.validate() {
        Ok(()) => policy,
        Err(mistake) => panic!("{}", mistake.message()),
    }
}

/// The span of a call that has fields of its own.
#[cfg(feature = "tracing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_span {
    ($level:ident, $site:expr, { $($fields:tt)* }) => {
        $crate::__private::CallSpan($crate::__private::tracing::span!(
            target: "resilient",
            $crate::__private::tracing::Level::$level,
            "resilient",
            otel.name = $site.name(),
            $($fields)*
        ))
    };
}

/// Without the feature `tracing`, the fields are only type-checked.
#[cfg(not(feature = "tracing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_span {
    ($level:ident, $site:expr, { $($fields:tt)* }) => {
        $crate::__private::CallSpan::none()
    };
}

/// Ends a run if something takes its place.
#[cfg(any(feature = "chaos", feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_injected {
    ($site:expr, $point:expr) => {
        if let ::core::option::Option::Some(injected) = (&$point).resilient_injected(&$site).await {
            return injected;
        }
    };
}

/// Nothing takes its place.
#[cfg(not(any(feature = "chaos", feature = "testing")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_injected {
    ($site:expr, $point:expr) => {};
}

pub use crate::__resilient_injected as injected;
pub use crate::__resilient_span as span;
