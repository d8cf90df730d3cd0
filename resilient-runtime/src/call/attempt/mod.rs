//! One attempt: polls the body, and waits before the next attempt. Hedged runs are polled by
//! `hedge::Race`, inside the body.

mod bound;
mod end;

use crate::{
    Rejection,
    ambient::{self, AttemptLog},
    call::{
        Call, Cold,
        after_failure::NextAttempt,
        plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Waits},
        runs::{FailedRun, Runs},
        state::Record,
    },
    clock::Moment,
    event::{self, CallSpan},
    policy::decide::is_retryable,
    route::{CallPolicy, LastOutcomeSlot, QueuedAttempt as _, Route, Sending},
    timer::Timer,
};
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
        let failure = self.plan.failure(result)?;
        let policy = self.plan.route.policy();
        let is_final = !is_retryable(&policy.get().effective(), &failure);
        Some(FailedRun { failure, is_final })
    }

    /// To be held while a body is polled or dropped: its inner calls see this one, and its events
    /// are in this one's span.
    #[inline]
    fn enter(&self) -> (ambient::Scope, impl Sized) {
        let span = self.record().map(Record::enter_span);
        (ambient::Scope::enter(self.deadline), span)
    }

    /// Ready when the attempt has been sent, or is refused.
    #[inline(always)]
    fn poll_admission(&mut self, now: Moment, cx: &mut Context<'_>) -> Poll<Result<(), Rejection>> {
        let Cold { record, queued, .. } = &mut **self.cold.get_or_insert_with(Cold::new);
        let route = &mut self.plan.route;
        // The record's state is lent to the route, and the span stays entered meanwhile.
        let rare = record.rare.as_deref();
        let _entered = rare
            .and_then(|rare| rare.span.as_ref())
            .map(CallSpan::enter);
        let sending = Sending {
            is_first: record.failed == 0,
            deadline: self.deadline,
            now,
        };
        route.poll_send(&mut record.route, queued, sending, cx)
    }

    /// Keeps the records that the body made in the poll that has just ended.
    #[cold]
    fn keep(&mut self, log: Box<AttemptLog>) {
        self.cold().record.route.record(log);
    }

    /// Keeps the failures on which inner calls have used up their retries in the poll that has just
    /// ended.
    #[cold]
    fn keep_used_up(&mut self, noted: usize) {
        let kept = &mut self.cold().record.rare().used_up_inside;
        kept.append(&mut ambient::take_used_up(noted));
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
            if let Some(end) = ready!(self.as_mut().poll_send(cx)) {
                return Poll::Ready(end);
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
            call.keep_used_up(noted);
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
            ready!(call.poll_bound(this.timer, cx));
            return self.timed_out(cx);
        };
        let failure = match result.as_result() {
            Ok(value) => {
                let failure = call.plan.successes.classify_ok(value);
                if failure.is_none() {
                    let is_plain =
                        call.cold.is_none() && log.is_none() && !event::is_recording_success();
                    if !is_plain || !call.plan.route.try_succeed(at_once) {
                        call.succeeded(at_once, log);
                    }
                    return Poll::Ready(ControlFlow::Break(result));
                }
                failure
            }
            Err(_) => None,
        };
        if let Some(log) = log {
            call.keep(log);
        }
        self.failed(result, failure, cx)
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
    /// Ready when the attempt has been sent, or with the end of the call if it is not to be sent.
    #[cold]
    #[inline(never)]
    fn poll_send(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ControlFlow<R>>> {
        ambient::forget_cut_request();
        let this = self.as_mut().project();
        let call = &mut **this.call;
        // The record is there for all that is taken for the attempt.
        let is_first = call.cold().record.failed == 0;
        let own_schedule = call.plan.waits.schedule().is_some();
        let timer = this.timer;
        let due = call.progress(|progress, _| {
            if is_first {
                return Poll::Ready(Ok(progress.now()));
            }
            progress.poll_retry(timer, own_schedule, cx)
        });
        let Poll::Ready(due) = due else {
            // While it waits for the budget, it has no place in the queues of admission.
            call.cold().queued = U::Queued::default();
            return Poll::Pending;
        };
        let now = match due {
            Ok(now) => now,
            Err(history) => return self.gave_up(history).map(Some),
        };
        // Admission keeps the deadline of an attempt that it has in a queue.
        let is_late = !call.deadline.is_unset() && now >= call.deadline;
        if is_late && !call.cold().queued.is_waiting() {
            return self.out_of_time().map(Some);
        }
        if let Err(rejection) = ready!(call.poll_admission(now, cx)) {
            return self.refused(rejection).map(Some);
        }
        if !is_first {
            call.cold().last.clear();
        }
        Poll::Ready(None)
    }

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
        let Some(at) = next.at else {
            // Tokio's shortest timer takes a millisecond; without one, others still get their turn.
            this.timer.as_mut().unset();
            cx.waker().wake_by_ref();
            return Poll::Pending;
        };
        this.timer.as_mut().set(at);
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
