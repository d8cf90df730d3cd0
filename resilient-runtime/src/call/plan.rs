//! The plan of a call: classification, schedule and route. Above 300 lines, because every setter
//! repeats the fields: each changes one type parameter.

use crate::{
    Classification, Classify, History, Rejection, event::CallSpan, policy::Schedule,
    route::NoUpstream,
};
use std::{fmt, marker::PhantomData};

pub(crate) use crate::FromRejection;

/// The result of a resilient function: a `Result`.
#[diagnostic::on_unimplemented(
    message = "a resilient function returns a `Result`, not `{Self}`",
    label = "not a `Result`",
    note = "`#[resilient]` needs an error to classify; let the function return `Result<_, E>`",
    note = "a future behind an alias is not seen: write it out, or write `async fn`"
)]
pub trait Outcome {
    /// Whether a success is a stream that has begun: what the attempt holds is then held on.
    const IS_STREAM: bool = false;
    /// The success.
    type Ok;
    /// The failure.
    type Error;
    /// The result itself.
    ///
    /// # Errors
    /// The failure.
    fn as_result(&self) -> Result<&Self::Ok, OutcomeError<'_, Self::Error>>;
    /// Attaches the history to the failure.
    fn attach<C: ClassifyError<Self::Error>>(&mut self, errors: &C, history: History);
    /// The failure, or the result itself if it is a success.
    ///
    /// # Errors
    /// The failure.
    fn into_error(self) -> Result<Self, Self::Error>
    where
        Self: Sized;
    /// The result of a rejected call.
    fn rejected(rejection: Rejection) -> Self
    where
        Self::Error: FromRejection;
}

/// The failure of a body.
#[derive(Debug)]
pub enum OutcomeError<'r, E> {
    /// Its error.
    Own(&'r E),
    /// Raised by the library in the body, and no error yet.
    Raised(&'r Rejection),
}

impl<E> OutcomeError<'_, E> {
    /// The classification: a rejection is never for the user's own to judge.
    #[inline(always)]
    pub(crate) fn classify<C: ClassifyError<E>>(self, errors: &C) -> Classification {
        match self {
            Self::Own(error) => errors.classify_error(error),
            Self::Raised(rejection) => rejection.classification(),
        }
    }
}

impl<T, E> Outcome for Result<T, E> {
    type Ok = T;
    type Error = E;

    #[inline(always)]
    fn as_result(&self) -> Result<&T, OutcomeError<'_, E>> {
        self.as_ref().map_err(OutcomeError::Own)
    }

    #[inline(always)]
    fn attach<C: ClassifyError<E>>(&mut self, errors: &C, history: History) {
        if let Err(error) = self {
            errors.attach(error, history);
        }
    }

    fn into_error(self) -> Result<Self, E> {
        self.map_or_else(Err, |value| Ok(Ok(value)))
    }

    fn rejected(rejection: Rejection) -> Self
    where
        E: FromRejection,
    {
        Err(E::from_rejection(rejection))
    }
}

/// How errors are classified.
pub trait ClassifyError<E> {
    /// The classification.
    fn classify_error(&self, error: &E) -> Classification;
    /// See [`Classify::attach`].
    fn attach(&self, error: &mut E, history: History);
}

/// The result of the function of `classify`.
#[diagnostic::on_unimplemented(
    message = "the function of `classify` returns a `Classification` or a `Class`, not `{Self}`",
    label = "not a `Classification`"
)]
pub trait IntoClassification {
    /// The classification.
    fn into_classification(self) -> Classification;
}

#[diagnostic::do_not_recommend]
impl<C: Into<Classification>> IntoClassification for C {
    fn into_classification(self) -> Classification {
        self.into()
    }
}

/// How successes are looked at.
pub trait ClassifyOk<T> {
    /// The classification, if it is a failure.
    fn classify_ok(&self, value: &T) -> Option<Classification>;
}

/// By [`Classify`].
#[derive(Debug)]
pub struct ByTrait;

impl<E: Classify> ClassifyError<E> for ByTrait {
    fn classify_error(&self, error: &E) -> Classification {
        let failure = error.classify();
        #[cfg(feature = "testing")]
        super::injection::check_class::<E>(&failure, false);
        failure
    }

    fn attach(&self, error: &mut E, history: History) {
        error.attach(history);
    }
}

/// By a function of the user's.
pub struct By<F>(pub(crate) F);

impl<E, K: IntoClassification, F: Fn(&E) -> K> ClassifyError<E> for By<F> {
    fn classify_error(&self, error: &E) -> Classification {
        let failure = (self.0)(error).into_classification();
        #[cfg(feature = "testing")]
        super::injection::check_class::<E>(&failure, true);
        failure
    }

    fn attach(&self, _: &mut E, _: History) {}
}

impl<T, F: Fn(&T) -> Option<Classification>> ClassifyOk<T> for By<F> {
    fn classify_ok(&self, value: &T) -> Option<Classification> {
        (self.0)(value)
    }
}

/// A success is a success.
#[derive(Debug)]
pub struct TrustSuccess;

impl<T> ClassifyOk<T> for TrustSuccess {
    fn classify_ok(&self, _: &T) -> Option<Classification> {
        None
    }
}

/// Where the waits come from.
pub trait Waits {
    /// The call's own schedule; without one, it is the policy's.
    fn schedule(&mut self) -> Option<&mut dyn Schedule>;
}

/// From the policy.
#[derive(Debug)]
pub struct ByPolicy;

impl Waits for ByPolicy {
    fn schedule(&mut self) -> Option<&mut dyn Schedule> {
        None
    }
}

/// From a schedule of the call's own.
pub struct Own<S>(S);

impl<S: Schedule> Waits for Own<S> {
    fn schedule(&mut self) -> Option<&mut dyn Schedule> {
        Some(&mut self.0)
    }
}

/// The plan of a call. `R` is its return type.
pub struct Plan<R, C = ByTrait, O = TrustSuccess, W = ByPolicy, U = NoUpstream> {
    pub(crate) errors: C,
    pub(crate) successes: O,
    pub(crate) waits: W,
    pub(crate) route: U,
    result: PhantomData<fn() -> R>,
}

impl<R> Plan<R> {
    /// By the error type's [`Classify`] and the policy's schedule.
    // The bound is the method's, so that a function that returns no `Result` is told so.
    pub const fn new() -> Self
    where
        R: Outcome,
    {
        Self::classifying_successes(TrustSuccess)
    }
}

impl<R, O, K> Plan<R, ByTrait, O, ByPolicy, NoUpstream<K>> {
    /// Looks at successes by `successes`.
    pub(crate) const fn classifying_successes(successes: O) -> Self {
        Self {
            errors: ByTrait,
            successes,
            waits: ByPolicy,
            route: NoUpstream::NEW,
            result: PhantomData,
        }
    }
}

impl<R: Outcome> Default for Plan<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Outcome, C, O, W, U> Plan<R, C, O, W, U> {
    /// Classifies errors by `classify`.
    pub fn classify<F, K>(self, classify: F) -> Plan<R, By<F>, O, W, U>
    where
        F: Fn(&R::Error) -> K,
        K: IntoClassification,
    {
        let Self {
            errors: _,
            successes,
            waits,
            route,
            result,
        } = self;
        Plan {
            errors: By(classify),
            successes,
            waits,
            route,
            result,
        }
    }

    /// Looks at successes by `classify`.
    pub fn classify_ok<F>(self, classify: F) -> Plan<R, C, By<F>, W, U>
    where
        F: Fn(&R::Ok) -> Option<Classification>,
    {
        let Self {
            errors,
            successes: _,
            waits,
            route,
            result,
        } = self;
        Plan {
            errors,
            successes: By(classify),
            waits,
            route,
            result,
        }
    }

    /// Waits by `schedule`.
    pub fn schedule<S: Schedule>(self, schedule: S) -> Plan<R, C, O, Own<S>, U> {
        let Self {
            errors,
            successes,
            waits: _,
            route,
            result,
        } = self;
        Plan {
            errors,
            successes,
            waits: Own(schedule),
            route,
            result,
        }
    }

    /// Goes through an upstream.
    pub fn upstream<T>(self, handle: T) -> Plan<R, C, O, W, T> {
        self.with_route(|_| handle)
    }

    /// Runs the call in this span instead of its site's.
    pub fn span(self, span: CallSpan) -> InSpan<Self> {
        InSpan { plan: self, span }
    }
}

/// A plan for a call in a span of its own.
#[derive(Debug)]
pub struct InSpan<P> {
    pub(crate) plan: P,
    pub(crate) span: CallSpan,
}

impl<R, C, O, W, U> Plan<R, C, O, W, U> {
    /// The plan without the route, and the route.
    #[inline(always)]
    pub(crate) fn split(self) -> (Plan<R, C, O, W, ()>, U) {
        let Self {
            errors,
            successes,
            waits,
            route,
            result,
        } = self;
        let plan = Plan {
            errors,
            successes,
            waits,
            route: (),
            result,
        };
        (plan, route)
    }

    #[inline(always)]
    pub(crate) fn with_route<T>(self, with: impl FnOnce(U) -> T) -> Plan<R, C, O, W, T> {
        let Self {
            errors,
            successes,
            waits,
            route,
            result,
        } = self;
        Plan {
            errors,
            successes,
            waits,
            route: with(route),
            result,
        }
    }
}

impl<R, C, O, W, U> fmt::Debug for Plan<R, C, O, W, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").finish_non_exhaustive()
    }
}
