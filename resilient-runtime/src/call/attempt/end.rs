//! The ends of an attempt apart from a plain success: a failure, a timeout, or a next attempt that is
//! not made. Cold paths, out of line so that most polls have a small stack frame.

use super::Attempt;
use crate::{
    Classification, History, Policy, Rejection,
    ambient::{self, AttemptLog},
    call::{
        Call,
        plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Plan, Waits},
        runs::Runs,
    },
    policy::decide::is_retryable,
    route::{CallPolicy, LastOutcome, LastOutcomeSlot, Route},
};
use std::{
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
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
    /// The body has failed, with `failure` if it is not for the error to say.
    #[cold]
    #[inline(never)]
    pub(super) fn failed(
        mut self: Pin<&mut Self>,
        mut result: R,
        failure: Option<Classification>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>> {
        let call = &mut **self.as_mut().project().call;
        // bench cost: -17 instructions of a final error, for a failure is moved once less
        let mut failure = match (failure, result.as_result()) {
            (Some(failure), _) => failure,
            (None, Err(error)) => call.plan.errors.classify_error(error),
            (None, Ok(_)) => return Poll::Ready(ControlFlow::Break(result)),
        };
        failure.retried = call.is_retried_inside(&failure);
        let policy = call.plan.route.policy();
        let policy: &Policy = &policy.get().effective();
        let is_ok = result.as_result().is_ok();
        if !is_retryable(policy, &failure) {
            let history = call.progress(|progress, _| {
                progress.record.has_failed_with_ok = is_ok;
                progress.failed_finally(&failure, policy)
            });
            call.plan.attach(&mut result, history, Some(&failure));
            return Poll::Ready(ControlFlow::Break(result));
        }
        // From here on the call needs a record; one that ends above needs none.
        call.cold();
        let next = call.progress(|progress, waits| {
            progress.record.has_failed_with_ok = is_ok;
            progress.failed(&mut failure, policy, waits.schedule(), cx.waker())
        });
        match next {
            Ok(next) => {
                if next.may_not_be_made::<U>() {
                    call.cold().last.store(LastOutcome::Result(result));
                }
                self.wait(next, cx)
            }
            Err(history) => {
                call.plan.attach(&mut result, history, Some(&failure));
                Poll::Ready(ControlFlow::Break(result))
            }
        }
    }

    /// The body has taken too long.
    #[cold]
    #[inline(never)]
    pub(super) fn timed_out(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>> {
        // First: the body may hold resources of the server.
        self.as_mut().drop_body();
        let call = &mut **self.as_mut().project().call;
        call.cold();
        let next = call.progress(|progress, waits| {
            progress.record.has_failed_with_ok = false;
            progress.timed_out(waits.schedule(), cx.waker())
        });
        match next {
            Ok((next, rejection)) => {
                if next.may_not_be_made::<U>() {
                    let last = LastOutcome::TimedOut(Box::new(rejection));
                    call.cold().last.store(last);
                }
                self.wait(next, cx)
            }
            Err(rejection) => Poll::Ready(ControlFlow::Break(call.plan.rejected(rejection))),
        }
    }

    /// The next attempt would begin after the deadline.
    #[cold]
    pub(super) fn out_of_time(mut self: Pin<&mut Self>) -> Poll<ControlFlow<R>> {
        let call = &mut **self.as_mut().project().call;
        let elapsed = call.progress(|progress, _| {
            let now = progress.now();
            progress.elapsed(now)
        });
        self.refused(Rejection::deadline(elapsed))
    }

    /// A further attempt is rejected. The caller gets the last outcome, or the rejection if there
    /// is none.
    #[cold]
    pub(super) fn refused(mut self: Pin<&mut Self>, rejection: Rejection) -> Poll<ControlFlow<R>> {
        let call = &mut **self.as_mut().project().call;
        let history = call.progress(|progress, _| progress.refused(&rejection));
        let result = match call.cold().last.take() {
            Some(last) => call.plan.ended(last, history),
            None => call.plan.rejected(rejection.with_history(history)),
        };
        Poll::Ready(ControlFlow::Break(result))
    }

    /// The retry budget lets no further attempt go in time. The caller gets the last failure.
    #[cold]
    pub(super) fn gave_up(mut self: Pin<&mut Self>, history: History) -> Poll<ControlFlow<R>> {
        let call = &mut **self.as_mut().project().call;
        let result = match call.cold().last.take() {
            Some(last) => call.plan.ended(last, history),
            None => match history.attempts.last().cloned() {
                Some(attempt) => {
                    let rejection = Rejection::failed(attempt).with_history(history);
                    call.plan.rejected(rejection)
                }
                None => R::rejected(Rejection::deadline(history.elapsed)),
            },
        };
        Poll::Ready(ControlFlow::Break(result))
    }
}

impl<R, C, O, W, U: Route> Call<R, C, O, W, U> {
    /// The attempt has succeeded, of a call with a record or of a degraded upstream.
    #[cold]
    #[inline(never)]
    pub(super) fn succeeded(&mut self, at_once: bool, log: Option<Box<AttemptLog>>) {
        self.progress(|progress, _| {
            if let Some(log) = log {
                progress.record.route.record(log);
            }
            progress.succeeded(at_once);
        });
        // It holds nothing any more.
        drop(self.cold.take());
    }

    /// Whether an inner call has used up its retries on this failure of the attempt.
    #[inline(always)]
    fn is_retried_inside(&mut self, failure: &Classification) -> bool {
        let inside = self.cold.as_mut().and_then(|cold| {
            let rare = cold.record.rare.as_mut()?;
            let used_up = std::mem::take(&mut rare.used_up_inside);
            (!used_up.is_empty()).then_some(used_up)
        });
        failure.retried || inside.is_some_and(|used_up| used_up.contains(&failure.fingerprint()))
    }
}

impl<R, C, O, W, U> Plan<R, C, O, W, U>
where
    R: Outcome,
    C: ClassifyError<R::Error>,
    O: ClassifyOk<R::Ok>,
{
    /// The failure of a result, if it is one.
    #[inline]
    pub(super) fn failure(&self, result: &R) -> Option<Classification> {
        match result.as_result() {
            Ok(value) => self.successes.classify_ok(value),
            Err(error) => Some(self.errors.classify_error(error)),
        }
    }
}

impl<R, C, O, W, U> Plan<R, C, O, W, U>
where
    R: Outcome,
    R::Error: FromRejection,
    C: ClassifyError<R::Error>,
{
    /// The result of a call that ended after `last`.
    fn ended(&self, last: LastOutcome<R>, history: History) -> R {
        match last {
            LastOutcome::Result(mut result) => {
                self.attach(&mut result, history, None);
                result
            }
            LastOutcome::TimedOut(timeout) => self.rejected(timeout.with_history(history)),
        }
    }

    /// The result of a call that ended with a rejection.
    fn rejected(&self, rejection: Rejection) -> R {
        let is_used_up = rejection.history().is_used_up();
        let failure = is_used_up.then(|| rejection.classification());
        let result = R::rejected(rejection);
        if let Some(failure) = failure {
            self.note_used_up(&result, &failure);
        }
        result
    }

    /// Attaches the history to the failure of a call: `failure`, or else that of the error.
    #[inline]
    fn attach(&self, result: &mut R, history: History, failure: Option<&Classification>) {
        let is_used_up = history.is_used_up();
        if let Some(error) = result.error_mut() {
            self.errors.attach(error, history);
        }
        if is_used_up {
            match (failure, result.as_result()) {
                (Some(failure), _) => self.note_used_up(result, failure),
                (None, Err(error)) => self.note_used_up(result, &self.errors.classify_error(error)),
                (None, Ok(_)) => {}
            }
        }
    }

    /// Tells the attempt around this call that its retries are used up. If the error says so
    /// itself, that is for a conversion that keeps its details and loses its history; an error
    /// without details could not be told from another failure.
    #[cold]
    fn note_used_up(&self, result: &R, failure: &Classification) {
        let says_so = match result.as_result() {
            Err(error) => self.errors.classify_error(error).retried,
            Ok(_) => false,
        };
        if !says_so || failure.has_details() {
            ambient::used_up(failure);
        }
    }
}
