//! The plan that a function's calls begin with, by what the function returns.

#![expect(
    clippy::unused_self,
    reason = "the receiver is what method lookup goes by"
)]

use crate::{
    Classification,
    call::plan::{ByPolicy, ByTrait, ClassifyOk, Outcome, Plan, TrustSuccess},
    route::{Discard, NoUpstream},
};
use std::{fmt, marker::PhantomData, ops::Deref};

/// An `Ok` value that may carry a failure, such as a response with an error status.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no status by which a failure could be told from a success",
    note = "say which responses are failures: `classify_ok(|response| ..)`, or `trust_responses()` if none is"
)]
pub trait Answer {
    /// The failure, by status and headers; by the body only if `body = true` has read it.
    fn failure(&self) -> Option<Classification>;
}

#[cfg(feature = "http")]
impl<B> Answer for ::http::Response<B> {
    fn failure(&self) -> Option<Classification> {
        #[cfg(feature = "tonic-014")]
        if let Some(failure) = crate::classify::grpc_failure_of(self.headers()) {
            return Some(failure);
        }
        crate::http::failure_of(self.status(), self.headers())
    }
}

#[cfg(feature = "reqwest-013")]
impl Answer for ::reqwest::Response {
    fn failure(&self) -> Option<Classification> {
        let judged = self.extensions().get::<super::read_body::Judged>();
        let judged = judged.map(|judged| Classification::clone(&judged.0));
        judged.or_else(|| crate::http::failure_of(self.status(), self.headers()))
    }
}

#[cfg(feature = "reqwest-012")]
impl Answer for ::reqwest_012::Response {
    fn failure(&self) -> Option<Classification> {
        let judged = self.extensions().get::<super::read_body::Judged>();
        let judged = judged.map(|judged| Classification::clone(&judged.0));
        judged.or_else(|| crate::http::failure_of(self.status(), self.headers()))
    }
}

/// By what the success says itself.
#[derive(Debug)]
pub struct ByStatus;

impl<T: Answer> ClassifyOk<T> for ByStatus {
    fn classify_ok(&self, value: &T) -> Option<Classification> {
        value.failure()
    }
}

/// The return type of a function. Method lookup finds `resilient_plan` where its bounds hold: here
/// if the success is an `Answer` and the result is `Send`, else further down the line of what this
/// dereferences to. Only for types that are written out: of one that is still to be inferred,
/// lookup would assume that all bounds hold.
pub struct ReturnType<R>(LocalResponse<R>);

/// An [`Answer`] that is not `Send`.
pub struct LocalResponse<R>(SendResult<R>);

/// Nothing special, but `Send`.
pub struct SendResult<R>(AnyResult<R>);

/// Nothing special.
pub struct AnyResult<R>(PhantomData<fn() -> R>);

impl<R> ReturnType<R> {
    /// For the return type `R`.
    // The bound is the method's, so that a function that returns no `Result` is told so.
    pub const fn new() -> Self
    where
        R: Outcome,
    {
        Self(LocalResponse(SendResult(AnyResult(PhantomData))))
    }
}

impl<R: Outcome> Default for ReturnType<R> {
    fn default() -> Self {
        Self::new()
    }
}

/// A plan that keeps no result over a wait, so that the future can be `Send` whatever the result.
type LocalPlan<R, O> = Plan<R, ByTrait, O, ByPolicy, NoUpstream<Discard>>;

impl<T: Answer, E> ReturnType<Result<T, E>>
where
    Result<T, E>: Send,
{
    /// A plan that looks at the status of successes.
    pub const fn resilient_plan(&self) -> Plan<Result<T, E>, ByTrait, ByStatus> {
        Plan::classifying_successes(ByStatus)
    }
}

impl<T: Answer, E> LocalResponse<Result<T, E>> {
    /// A plan that looks at the status of successes.
    pub const fn resilient_plan(&self) -> LocalPlan<Result<T, E>, ByStatus> {
        Plan::classifying_successes(ByStatus)
    }
}

impl<R: Send> SendResult<R> {
    /// A plan that trusts successes.
    pub const fn resilient_plan(&self) -> Plan<R> {
        Plan::classifying_successes(TrustSuccess)
    }
}

impl<R> AnyResult<R> {
    /// A plan that trusts successes.
    pub const fn resilient_plan(&self) -> LocalPlan<R, TrustSuccess> {
        Plan::classifying_successes(TrustSuccess)
    }
}

macro_rules! deref_chain {
    ($($from:ident => $to:ident),+) => {$(
        impl<R> Deref for $from<R> {
            type Target = $to<R>;

            fn deref(&self) -> &$to<R> {
                &self.0
            }
        }

        impl<R> fmt::Debug for $from<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($from)).finish()
            }
        }
    )+};
}

deref_chain!(ReturnType => LocalResponse, LocalResponse => SendResult, SendResult => AnyResult);

impl<R> fmt::Debug for AnyResult<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyResult").finish()
    }
}
