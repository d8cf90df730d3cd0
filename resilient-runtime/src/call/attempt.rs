//! One attempt: polls the body, and waits before the next attempt. Hedged runs are polled by
//! `hedge::Race`, inside the body.

use crate::{
    Classification, History, Rejection, ambient,
    call::{
        Call,
        after_failure::NextAttempt,
        plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Plan, Waits},
    },
    route::{LastOutcome, LastOutcomeSlot, Route},
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
    pub struct Attempt<'c, 'p, F, R, C, O, W, U: Route> {
        call: &'c mut Call<'p, R, C, O, W, U>,
        // None once it has ended: it is dropped before the wait, so that nothing it holds is held over it.
        #[pin]
        body: Option<F>,
        #[pin]
        timer: Timer,
    }
}

impl<'p, R, C, O, W, U: Route> Call<'p, R, C, O, W, U> {
    /// Makes one attempt and, if it fails and there is to be another, waits for that one's time. `Break` ends
    /// the call.
    pub fn attempt<F>(&mut self, body: F) -> Attempt<'_, 'p, F, R, C, O, W, U>
    where
        F: Future<Output = R>,
        R: Outcome,
        R::Error: FromRejection,
        C: ClassifyError<R::Error>,
        O: ClassifyOk<R::Ok>,
        W: Waits,
    {
        Attempt {
            call: self,
            body: Some(body),
            timer: Timer::new(),
        }
    }
}

impl<F, R, C, O, W, U> Future for Attempt<'_, '_, F, R, C, O, W, U>
where
    F: Future<Output = R>,
    R: Outcome,
    R::Error: FromRejection,
    C: ClassifyError<R::Error>,
    O: ClassifyOk<R::Ok>,
    W: Waits,
    U: Route,
{
    type Output = ControlFlow<R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.as_mut().project();
        let Call { plan, state, last } = &mut **this.call;

        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return self.waited(cx);
        };
        let at_once = !state.admitted;
        if at_once {
            if state.failed > 0 {
                let own_schedule = plan.waits.schedule().is_some();
                let timer = this.timer.as_mut();
                let asked = state.poll_retry(timer, own_schedule, &mut plan.route, cx);
                if let Err(history) = ready!(asked) {
                    return self.gave_up(history);
                }
            }
            if !plan.route.is_admitted() {
                if let Err(rejection) = ready!(state.poll_queue(&mut plan.route, cx)) {
                    return self.refused(*rejection);
                }
            }
            state.admitted = true;
            if state.failed > 0 {
                last.clear();
            }
        }
        let scope = state.enter();
        let bounded = this.timer.rings().map(ambient::Bounded::enter);
        let outside = plan.route.before_poll();
        let polled = body.poll(cx);
        drop(bounded);
        drop(scope);
        plan.route.after_poll(outside);

        let Poll::Ready(result) = polled else {
            ready!(state.poll_bound(plan.route.layer(), this.timer, cx));
            return self.timed_out(cx);
        };
        let failure = match result.as_result() {
            Ok(value) => {
                let failure = plan.successes.classify_ok(value);
                if failure.is_none() {
                    plan.route.succeeded(at_once, state.base);
                    if state.succeeded() {
                        state.emit_success(&plan.route);
                    }
                    return Poll::Ready(ControlFlow::Break(result));
                }
                failure
            }
            Err(_) => None,
        };
        self.failed(result, failure, cx)
    }
}

/// Cold paths, out of line so that most polls have a small stack frame.
impl<F, R, C, O, W, U> Attempt<'_, '_, F, R, C, O, W, U>
where
    F: Future<Output = R>,
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
    fn failed(
        mut self: Pin<&mut Self>,
        mut result: R,
        failure: Option<Classification>,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<R>> {
        let this = self.as_mut().project();
        let Call { plan, state, last } = &mut **this.call;
        let failure = match (failure, result.as_result()) {
            (Some(failure), _) => failure,
            (None, Err(error)) => plan.errors.classify_error(error),
            (None, Ok(_)) => return Poll::Ready(ControlFlow::Break(result)),
        };
        let inside = ambient::used_up_inside();
        let next = state.failed(&failure, inside, plan.waits.schedule(), &mut plan.route);
        match next {
            Ok(next) => {
                if next.may_not_be_made::<U>() {
                    last.store(LastOutcome::Result(result));
                }
                self.wait(next, cx)
            }
            Err(history) => {
                if let Some(error) = result.error_mut() {
                    plan.errors.attach(error, history);
                }
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
        let this = self.as_mut().project();
        let Call { plan, state, last } = &mut **this.call;
        match state.timed_out(plan.waits.schedule(), &mut plan.route) {
            Ok((next, rejection)) => {
                if next.may_not_be_made::<U>() {
                    last.store(LastOutcome::TimedOut(rejection));
                }
                self.wait(next, cx)
            }
            Err(rejection) => Poll::Ready(ControlFlow::Break(R::rejected(rejection))),
        }
    }

    /// A further attempt is rejected. The caller gets the last outcome, or the rejection if there is
    /// none.
    #[cold]
    #[inline(never)]
    fn refused(mut self: Pin<&mut Self>, rejection: Rejection) -> Poll<ControlFlow<R>> {
        let Call { plan, state, last } = &mut **self.as_mut().project().call;
        let history = state.refused(&rejection, &plan.route);
        let result = match last.take() {
            Some(last) => plan.ended(last, history),
            None => R::rejected(rejection.with_history(history)),
        };
        Poll::Ready(ControlFlow::Break(result))
    }

    fn drop_body(self: Pin<&mut Self>) {
        let mut this = self.project();
        let scope = this.call.state.enter();
        this.body.set(None);
        drop(scope);
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
    #[inline(never)]
    fn gave_up(mut self: Pin<&mut Self>, history: History) -> Poll<ControlFlow<R>> {
        let Call { plan, last, .. } = &mut **self.as_mut().project().call;
        let result = match last.take() {
            Some(last) => plan.ended(last, history),
            None => match history.attempts.last().cloned() {
                Some(attempt) => R::rejected(Rejection::failed(attempt).with_history(history)),
                None => return Poll::Ready(ControlFlow::Continue(())),
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
                if let Some(error) = result.error_mut() {
                    self.errors.attach(error, history);
                }
                result
            }
            LastOutcome::TimedOut(timeout) => R::rejected(timeout.with_history(history)),
        }
    }
}
