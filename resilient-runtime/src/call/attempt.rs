//! One attempt: polls the body and, if it fails, waits until the next attempt is sent. Hedged runs
//! are polled by `hedge::Race`, inside the body.
//!
//! Only what has the types of the function is here, for it is compiled for each function:
//! `call::routed` does the rest.

use super::{
    Call,
    core::Typed,
    plan::{ClassifyError, ClassifyOk, FromRejection, Outcome, Plan, Waits},
    routed::{AttemptEnd, Routed},
    runs::{FailedRun, Runs},
};
use crate::{
    Classification, History, Rejection,
    ambient::{self, AttemptLog},
    event, halt,
    policy::{Schedule, decide::is_retryable},
    route::{CallPolicy as _, LastResult, Route},
    timer::Timer,
};
use pin_project_lite::pin_project;
use std::{
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll, ready},
};

pin_project! {
    /// One attempt and the wait for the next one: the future of `Call::attempt`.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Attempt<'c, F, R, C, O, W, U: Route> {
        call: &'c mut Call<R, C, O, W, U>,
        #[pin]
        stage: Stage<F, U::Last<R>>,
        #[pin]
        timer: Timer,
    }
}

pin_project! {
    /// The body is dropped before the wait, so that nothing it holds is held over it.
    #[project = StageParts]
    enum Stage<F, L> {
        Running {
            #[pin]
            body: F,
        },
        Ended {
            // In case the next attempt is not made.
            last: L,
        },
    }
}

impl<F, L> Stage<F, L> {
    #[inline(always)]
    fn body(self: Pin<&mut Self>) -> Option<Pin<&mut F>> {
        match self.project() {
            StageParts::Running { body } => Some(body),
            StageParts::Ended { .. } => None,
        }
    }
}

impl<R, C, O, W, U: Route> Call<R, C, O, W, U> {
    /// Makes one attempt and, if it fails and there is to be another, waits until that one is sent.
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
            stage: Stage::Running { body: runs },
            timer: Timer::new(),
        }
    }
}

/// The failure of a run, if its result is one.
fn judge<R, C, O, W, U>(
    plan: &Plan<R, C, O, W, ()>,
    routed: &Routed<U>,
    result: &R,
) -> Option<FailedRun>
where
    R: Outcome,
    C: ClassifyError<R::Error>,
    O: ClassifyOk<R::Ok>,
    U: Route,
{
    let failure = match result.as_result() {
        Ok(value) => plan.successes.classify_ok(value),
        Err(error) => Some(error.classify(&plan.errors)),
    }?;
    let policy = routed.route.policy();
    let is_final = !is_retryable(&policy.get().effective(), &failure);
    Some(FailedRun { failure, is_final })
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

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Call { plan, routed } = &mut **this.call;
        let (mut stage, mut timer) = (this.stage, this.timer);
        // A large one is moved only twice: into this, and out at the end.
        let mut result = None;
        let is_over = 'ended: {
            let at_once = !routed.route.is_in_flight();
            let is_sent_now = at_once && routed.is_plain() && !halt::may_stop_attempts();
            if at_once && (!is_sent_now || !routed.route.try_send()) {
                let mut parts = Parts::new(plan, stage.as_mut(), &mut result);
                if ready!(routed.poll_send(&mut parts, timer.as_mut(), cx)) {
                    break 'ended true;
                }
            }
            let Some(body) = stage.as_mut().body() else {
                // A retry that was sent with its decision is not in flight before this.
                if !at_once && halt::may_stop_attempts() {
                    let mut parts = Parts::new(plan, stage, &mut result);
                    break 'ended routed.is_halted(&mut parts);
                }
                break 'ended false;
            };
            if F::BLOCKS {
                // The poll takes the time of the attempt.
                routed.route.start_clock();
            }
            let polling = routed.enter(timer.rings(), U::before_poll);
            let polled = body.poll_runs(cx, &mut |result| judge(plan, routed, result));
            let mut log = if routed.route.has_recorded() {
                taken_log()
            } else {
                None
            };
            if let Some(noted) = polling.leave() {
                routed.keep_used_up(noted);
            }

            let mut failure = None;
            let has_ended = polled.is_ready();
            if let Poll::Ready(ended) = polled {
                if let Ok(value) = result.insert(ended).as_result() {
                    failure = plan.successes.classify_ok(value);
                    if failure.is_none() && R::IS_STREAM {
                        routed.keep_log(log);
                        break 'ended true;
                    }
                    if failure.is_none() {
                        let is_plain =
                            routed.is_plain() && log.is_none() && !event::is_recording_success();
                        let at_once = at_once && !F::BLOCKS;
                        if !is_plain || !routed.route.try_succeed(at_once) {
                            routed.succeeded(at_once, log);
                        }
                        break 'ended true;
                    }
                }
            } else {
                let has_timeout = !R::IS_STREAM && !F::BLOCKS;
                ready!(routed.poll_bound(log.take(), has_timeout, timer.as_mut(), cx));
            }
            let end = if has_ended {
                AttemptEnd::Failed(failure.as_mut())
            } else {
                AttemptEnd::TimedOut
            };
            let mut parts = Parts::new(plan, stage, &mut result);
            ready!(routed.poll_next(&mut parts, end, log, timer, cx))
        };
        Poll::Ready(match result {
            Some(result) if is_over => ControlFlow::Break(result),
            _ => ControlFlow::Continue(()),
        })
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

/// The parts of an attempt that have the types of the function.
struct Parts<'a, F, R, C, O, W, L> {
    plan: &'a mut Plan<R, C, O, W, ()>,
    stage: Pin<&'a mut Stage<F, L>>,
    result: &'a mut Option<R>,
}

impl<'a, F, R, C, O, W, L> Parts<'a, F, R, C, O, W, L> {
    #[inline(always)]
    fn new(
        plan: &'a mut Plan<R, C, O, W, ()>,
        stage: Pin<&'a mut Stage<F, L>>,
        result: &'a mut Option<R>,
    ) -> Self {
        Self {
            plan,
            stage,
            result,
        }
    }
}

impl<F, R, C, O, W, L> Typed for Parts<'_, F, R, C, O, W, L>
where
    F: Runs<Output = R>,
    R: Outcome,
    R::Error: FromRejection,
    C: ClassifyError<R::Error>,
    W: Waits,
    L: LastResult<R>,
{
    fn classify(&self) -> Option<Classification> {
        let error = self.result.as_ref()?.as_result().err()?;
        Some(error.classify(&self.plan.errors))
    }

    fn error_type(&self) -> &'static str {
        std::any::type_name::<R::Error>()
    }

    fn end(&mut self) {
        let last = L::of(self.result.take());
        self.stage.set(Stage::Ended { last });
    }

    fn take_stored(&mut self) -> bool {
        if let StageParts::Ended { last } = self.stage.as_mut().project() {
            // So that the compiler sees that no result is replaced.
            if self.result.is_none() {
                *self.result = last.take();
            }
        }
        self.result.is_some()
    }

    fn attach(&mut self, history: History) {
        if let Some(result) = self.result {
            result.attach(&self.plan.errors, history);
        }
    }

    fn reject(&mut self, rejection: Rejection) {
        *self.result = Some(R::rejected(rejection));
    }

    fn take_failed(&mut self) -> Option<Classification> {
        self.stage.as_mut().body().and_then(Runs::take_failed)
    }

    fn schedule(&mut self) -> Option<&mut dyn Schedule> {
        self.plan.waits.schedule()
    }
}
