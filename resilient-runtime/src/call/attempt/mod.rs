//! One attempt: polls the body, and waits before the next attempt. Hedged runs are polled by
//! `hedge::Race`, inside the body.

mod bound;
mod end;

use crate::{
    ambient::{self, AttemptLog},
    call::{
        Call,
        after_failure::NextAttempt,
        core::Success,
        plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Waits},
        runs::{FailedRun, Runs},
        state::Rare,
    },
    event,
    policy::decide::is_retryable,
    route::{CallPolicy, Route},
    scope,
    timer::Timer,
};
use bound::poll_bound;
use pin_project_lite::pin_project;
use std::{
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll, ready},
};

pin_project! {
    /// One attempt and the wait after it: the future of `Call::attempt`.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Attempt<'c, F, R, C, O, W, U: Route> {
        call: &'c mut Call<R, C, O, W, U>,
        // None once it has ended: it is dropped before the wait, so that nothing it holds is held
        // over it.
        #[pin]
        body: Option<F>,
        #[pin]
        timer: Timer,
    }
}

impl<R, C, O, W, U: Route> Call<R, C, O, W, U> {
    /// Makes one attempt and, if it fails and there is to be another, waits for that one's time.
    /// `Break` ends the call.
    pub fn attempt<F>(&mut self, body: F) -> Attempt<'_, F, R, C, O, W, U>
    where
        F: Future<Output = R>,
        R: Outcome,
        R::Error: FromRejection,
        C: ClassifyError<R::Error>,
        O: ClassifyOk<R::Ok>,
        W: Waits,
    {
        self.attempt_runs(body)
    }

    /// As [`attempt`](Self::attempt), with hedged runs of the body.
    pub fn attempt_runs<F>(&mut self, runs: F) -> Attempt<'_, F, R, C, O, W, U>
    where
        F: Runs<Output = R>,
        R: Outcome,
        R::Error: FromRejection,
        C: ClassifyError<R::Error>,
        O: ClassifyOk<R::Ok>,
        W: Waits,
    {
        Attempt {
            call: self,
            body: Some(runs),
            timer: Timer::new(),
        }
    }

    /// Whether the result of a run is a failure.
    fn judge(&self, result: &R) -> Option<FailedRun>
    where
        R: Outcome,
        C: ClassifyError<R::Error>,
        O: ClassifyOk<R::Ok>,
    {
        let failure = match result.as_result() {
            Ok(value) => self.plan.successes.classify_ok(value),
            Err(error) => Some(self.plan.errors.classify_error(error)),
        }?;
        let policy = self.plan.route.policy();
        let is_final = !is_retryable(&policy.get().effective(), &failure);
        Some(FailedRun { failure, is_final })
    }

    /// To be held while a body is polled or dropped: its inner calls see this one, and its events
    /// are in this one's span.
    #[inline]
    fn enter(&self) -> (ambient::Scope, impl Sized) {
        let rare = self.record().and_then(|record| record.rare.as_deref());
        let span = rare.map(Rare::enter_span);
        (ambient::Scope::enter(self.deadline), span)
    }

    /// Keeps the records that the body made in the poll that has just ended.
    #[cold]
    fn keep(&mut self, log: Box<AttemptLog>) {
        self.cold().record.route.record(log);
    }
}

impl<F, R, C, O, W, U> Future for Attempt<'_, F, R, C, O, W, U>
where
    F: Runs<Output = R>,
    R: Outcome,
    R::Error: FromRejection,
    C: ClassifyError<R::Error>,
    O: ClassifyOk<R::Ok>,
    W: Waits,
    U: Route,
{
    type Output = ControlFlow<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.body.is_none() {
            return self.waited(cx);
        }
        let at_once = !self.call.plan.route.is_in_flight();
        if at_once
            && (self.call.cold.is_some() || !self.as_mut().project().call.plan.route.try_send())
        {
            let this = self.as_mut().project();
            if let Some(end) = ready!(this.call.poll_send(this.timer, cx)) {
                return Poll::Ready(ControlFlow::Break(end));
            }
        }
        let mut this = self.as_mut().project();
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Ready(ControlFlow::Continue(()));
        };
        let call = &mut **this.call;
        let entered = call.enter();
        let bounded = this.timer.rings().map(ambient::Bounded::enter);
        let outside = call.plan.route.before_poll();
        let polled = body.poll_runs(cx, &mut |result| call.judge(result));
        drop(bounded);
        let used_up = entered.0.has_used_up_inside();
        drop(entered);
        if let Some(noted) = used_up {
            call.cold().record.keep_used_up(noted);
        }
        let log = if call.plan.route.has_recorded() {
            taken_log()
        } else {
            None
        };
        drop(outside);

        let Poll::Ready(result) = polled else {
            if let Some(log) = log {
                call.keep(log);
            }
            ready!(poll_bound(
                &mut call.plan.route,
                call.deadline,
                this.timer,
                cx
            ));
            let mut run = this.body.as_mut().as_pin_mut().and_then(Runs::take_failed);
            // First: the body may hold resources of the server.
            self.as_mut().drop_body();
            return self.failed(None, run.as_mut(), cx);
        };
        if let Ok(value) = result.as_result() {
            let Some(mut failure) = call.plan.successes.classify_ok(value) else {
                let is_plain =
                    call.cold.is_none() && log.is_none() && !event::is_recording_success();
                if !is_plain || !call.plan.route.try_succeed(at_once) {
                    call.close(Some(Success { at_once, log }));
                }
                return Poll::Ready(ControlFlow::Break(result));
            };
            if let Some(log) = log {
                call.keep(log);
            }
            return self.failed(Some(result), Some(&mut failure), cx);
        }
        if let Some(log) = log {
            call.keep(log);
        }
        self.failed(Some(result), None, cx)
    }
}

/// The records of the body in the poll that has just ended.
#[cold]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the caller stores it as an `Option`"
)]
fn taken_log() -> Option<Box<AttemptLog>> {
    Some(Box::new(ambient::take_log()))
}

/// Cold paths, out of line so that most polls have a small stack frame.
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
    fn drop_body(self: Pin<&mut Self>) {
        let mut this = self.project();
        let entered = this.call.enter();
        ambient::forget_cut_request();
        this.body.set(None);
        drop(entered);
    }

    /// Drops the body and waits until it is time for another.
    fn wait(
        mut self: Pin<&mut Self>,
        next: NextAttempt,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>> {
        self.as_mut().drop_body();
        let mut this = self.as_mut().project();
        if next.at.is_unset() || !scope::has_waits() {
            // Tokio's shortest timer takes a millisecond; without one, others still get their turn.
            this.timer.as_mut().unset();
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.timer.as_mut().set(next.at);
        self.waited(cx)
    }

    /// Waits until it is time for another attempt.
    fn waited(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<R>> {
        let mut this = self.as_mut().project();
        if this.timer.is_set() {
            ready!(this.timer.as_mut().poll(cx));
        }
        Poll::Ready(ControlFlow::Continue(()))
    }
}
