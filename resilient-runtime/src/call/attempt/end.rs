//! The ends of an attempt apart from a plain success: a failure, a timeout, or a next attempt that
//! is not made. Cold paths, out of line so that most polls have a small stack frame.

use super::Attempt;
use crate::{
    Classification, History, Rejection,
    call::{
        Call, Cold, ColdBox,
        after_failure::NextAttempt,
        core::{CallCore, ResultAccess},
        plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Waits},
        runs::Runs,
        send::poll_send,
        state::Record,
    },
    route::{CallPolicy as _, LastOutcome, LastOutcomeSlot as _, Route},
    timer::Timer,
};
use std::{
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll, ready},
};

impl<F, R, C, O, W, U> Attempt<'_, F, R, C, O, W, U>
where
    F: Runs<Output = R>,
    R: Outcome,
    R::Error: FromRejection,
    C: ClassifyError<R::Error>,
    O: ClassifyOk<R::Ok>,
    W: Waits,
    U: Route,
{
    /// The attempt has failed with this result; `failure` is set if that is an `Ok` which was
    /// classified as a failure. Without a result, it has taken too long; `failure` is that of a run
    /// of it, if there is one.
    #[cold]
    #[inline(never)]
    pub(super) fn failed(
        mut self: Pin<&mut Self>,
        result: Option<R>,
        failure: Option<&mut Classification>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>> {
        let call = &mut **self.as_mut().project().call;
        let policy = call.plan.route.policy();
        let has_record = call.cold.is_some();
        let route = &mut call.plan.route;
        let core = CallCore::new(call.deadline, policy.get(), route, has_record);
        let is_timeout = result.is_none();
        let mut typed = TypedResult::<R, C, U> {
            errors: &call.plan.errors,
            cold: &mut call.cold,
            result,
        };
        let schedule = call.plan.waits.schedule();
        let next = if is_timeout {
            core.timed_out(&mut typed, failure, schedule, cx.waker())
        } else {
            core.failed(&mut typed, failure, schedule, cx.waker())
        };
        match (next, typed.result) {
            (None, Some(end)) => Poll::Ready(ControlFlow::Break(end)),
            // Without a next attempt there is a result.
            (next, _) => self.wait(next.unwrap_or(NextAttempt::AT_ONCE), cx),
        }
    }
}

impl<R, C, O, W, U> Call<R, C, O, W, U>
where
    R: Outcome,
    R::Error: FromRejection,
    C: ClassifyError<R::Error>,
    W: Waits,
    U: Route,
{
    /// Ready when the attempt has been sent, or with the result of the call if it is not to be
    /// sent.
    #[cold]
    #[inline(never)]
    pub(super) fn poll_send(
        &mut self,
        timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<R>> {
        let own_schedule = self.plan.waits.schedule().is_some();
        let deadline = self.deadline;
        // The record is there for all that is taken for the attempt.
        let Cold {
            record,
            queued,
            last,
        } = &mut **self.cold.get_or_insert_with(Cold::new);
        let route = &mut self.plan.route;
        let sent = poll_send(route, deadline, record, queued, own_schedule, timer, cx);
        let Err(unsent) = ready!(sent) else {
            last.clear();
            return Poll::Ready(None);
        };
        let policy = route.policy();
        let core = CallCore::new(deadline, policy.get(), route, true);
        let mut typed = TypedResult::<R, C, U> {
            errors: &self.plan.errors,
            cold: &mut self.cold,
            result: None,
        };
        core.unsent(&mut typed, unsent);
        Poll::Ready(typed.result)
    }
}

/// The end of an attempt, and perhaps of the call.
struct TypedResult<'c, R, C, U: Route> {
    errors: &'c C,
    cold: &'c mut Option<ColdBox<R, U>>,
    result: Option<R>,
}

impl<R, C, U> ResultAccess for TypedResult<'_, R, C, U>
where
    R: Outcome,
    R::Error: FromRejection,
    C: ClassifyError<R::Error>,
    U: Route,
{
    fn classify(&self) -> Option<Classification> {
        let error = self.result.as_ref()?.as_result().err()?;
        Some(self.errors.classify_error(error))
    }

    fn error_type(&self) -> &'static str {
        std::any::type_name::<R::Error>()
    }

    fn record(&mut self) -> &mut Record {
        &mut self.cold.get_or_insert_with(Cold::new).record
    }

    fn store_result(&mut self) {
        let last = self.result.take().map(LastOutcome::Result);
        if let (Some(cold), Some(last)) = (&mut self.cold, last) {
            cold.last.store(last);
        }
    }

    fn store_timeout(&mut self, timeout: Rejection) {
        if let Some(cold) = &mut self.cold {
            cold.last.store(LastOutcome::TimedOut(Box::new(timeout)));
        }
    }

    fn take_stored(&mut self) -> Option<Box<Rejection>> {
        match self.cold.as_mut()?.last.take()? {
            LastOutcome::Result(result) => {
                self.result = Some(result);
                None
            }
            LastOutcome::TimedOut(timeout) => Some(timeout),
        }
    }

    fn has_result(&self) -> bool {
        self.result.is_some()
    }

    fn attach(&mut self, history: History) {
        if let Some(error) = self.result.as_mut().and_then(Outcome::error_mut) {
            self.errors.attach(error, history);
        }
    }

    fn reject(&mut self, rejection: Rejection) {
        self.result = Some(R::rejected(rejection));
    }
}
