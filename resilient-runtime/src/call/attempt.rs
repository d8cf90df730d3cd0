//! One attempt: polls the body, and waits before the next attempt. Hedged runs are polled by
//! `hedge::Race`, inside the body.

use crate::{
    Classification, History, Policy, Rejection,
    ambient::{self, AttemptLog},
    call::{
        Call, Cold,
        after_failure::NextAttempt,
        plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Plan, Waits},
        runs::{FailedRun, Runs},
        state::Record,
    },
    clock::Moment,
    event::{self, CallSpan},
    policy::decide::is_retryable,
    route::{CallPolicy, LastOutcome, LastOutcomeSlot, QueuedAttempt as _, Route, Sending},
    timer::{self, Timer},
};
use pin_project_lite::pin_project;
use std::{
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::Instant;

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
        let Plan {
            errors,
            successes,
            route,
            ..
        } = &self.plan;
        let failure = match result.as_result() {
            Ok(value) => successes.classify_ok(value)?,
            Err(error) => errors.classify_error(error),
        };
        let is_final = !is_retryable(&route.policy().get().effective(), &failure);
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

    /// Whether an inner call has used up its retries on this failure of the attempt.
    #[inline]
    fn is_retried_inside(&mut self, failure: &Classification) -> bool {
        let Some(cold) = &mut *self.cold else {
            return failure.retried;
        };
        let used_up = cold.record.take_used_up_inside();
        failure.retried || (!used_up.is_empty() && used_up.contains(&failure.fingerprint()))
    }

    /// The attempt has succeeded, of a call with a record or of a degraded upstream.
    #[cold]
    #[inline(never)]
    fn succeeded(&mut self, at_once: bool, log: Option<Box<AttemptLog>>) {
        self.progress(|progress, _| {
            if let Some(log) = log {
                progress.record.route.record(log);
            }
            progress.succeeded(at_once);
        });
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
#[expect(clippy::unnecessary_wraps, reason = "as it is kept")]
fn taken_log() -> Option<Box<AttemptLog>> {
    Some(Box::new(ambient::take_log()))
}

impl<R, C, O, W, U: Route> Call<R, C, O, W, U> {
    /// Ready when the attempt, which has something to wait for, has taken too long. Its time is set
    /// when it first has to wait.
    #[inline(never)]
    fn poll_bound(&mut self, mut timer: Pin<&mut Timer>, cx: &mut Context<'_>) -> Poll<()> {
        if !timer.is_set() {
            let timeout = self.plan.route.policy().get().timeout();
            let Some((now, at)) = attempt_ends(timeout, self.deadline) else {
                self.plan.route.start_clock();
                return Poll::Pending;
            };
            self.plan.route.started(now);
            timer.as_mut().set_instant(at);
        }
        timer.poll(cx)
    }
}

/// Now, and when the attempt that has just had to wait for something is to be cut, if ever.
fn attempt_ends(timeout: Option<Duration>, deadline: Moment) -> Option<(Instant, Instant)> {
    let deadline = deadline.instant();
    if timeout.is_none() && deadline.is_none() {
        return None;
    }
    let now = Instant::now();
    let timeout = timeout.map(|timeout| timer::after(now, timeout));
    let at = match (timeout, deadline) {
        (Some(timeout), Some(deadline)) => timeout.min(deadline),
        (Some(at), None) | (None, Some(at)) => at,
        (None, None) => return None,
    };
    Some((now, at))
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

    /// The body has failed, with `failure` if it is not for the error to say.
    #[cold]
    #[inline(never)]
    fn failed(
        mut self: Pin<&mut Self>,
        mut result: R,
        failure: Option<Classification>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>> {
        let call = &mut **self.as_mut().project().call;
        let failure = match (failure, result.as_result()) {
            (Some(failure), _) => failure,
            (None, Err(error)) => call.plan.errors.classify_error(error),
            (None, Ok(_)) => return Poll::Ready(ControlFlow::Break(result)),
        };
        let retried_inside = call.is_retried_inside(&failure);
        let policy = call.plan.route.policy();
        let policy: &Policy = &policy.get().effective();
        let is_retryable = is_retryable(policy, &failure);
        if is_retryable {
            // Otherwise the call ends, and needs no record.
            call.cold();
        }
        let next = call.progress(|progress, waits| {
            progress.failed(
                &failure,
                is_retryable,
                policy,
                retried_inside,
                waits.schedule(),
            )
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
    fn timed_out(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<ControlFlow<R>> {
        // First: the body may hold resources of the server.
        self.as_mut().drop_body();
        let call = &mut **self.as_mut().project().call;
        call.cold();
        match call.progress(|progress, waits| progress.timed_out(waits.schedule())) {
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
    fn out_of_time(mut self: Pin<&mut Self>) -> Poll<ControlFlow<R>> {
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
    fn refused(mut self: Pin<&mut Self>, rejection: Rejection) -> Poll<ControlFlow<R>> {
        let call = &mut **self.as_mut().project().call;
        let history = call.progress(|progress, _| progress.refused(&rejection));
        let result = match call.cold().last.take() {
            Some(last) => call.plan.ended(last, history),
            None => call.plan.rejected(rejection.with_history(history)),
        };
        Poll::Ready(ControlFlow::Break(result))
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

    /// The retry budget lets no further attempt go in time. The caller gets the last failure.
    #[cold]
    fn gave_up(mut self: Pin<&mut Self>, history: History) -> Poll<ControlFlow<R>> {
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

    /// Attaches the history to the failure of a call. `failure` is that failure, unless it is for
    /// the error to say.
    #[inline]
    fn attach(&self, result: &mut R, history: History, failure: Option<&Classification>) {
        let is_used_up = history.is_used_up();
        if let Some(error) = result.error_mut() {
            self.errors.attach(error, history);
        }
        if is_used_up {
            match (failure, result.as_result()) {
                (Some(failure), _) => self.note_used_up(result, failure),
                (None, Err(error)) => {
                    let failure = self.errors.classify_error(error);
                    self.note_used_up(result, &failure);
                }
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
