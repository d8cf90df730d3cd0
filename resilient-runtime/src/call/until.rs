//! A function that polls a job until it is ready: each poll is a call, and "not yet" is no failure.

use super::{Call, FromRejection, Outcome, record::Rare, routed::Routed};
use crate::{
    Backoff, Class, Rejection,
    clock::Moment,
    event::{self, Entered, EventKind},
    halt::{Waiting, is_shut_down},
    item, random,
    route::Route,
    scope,
    timer::Timer,
};
use std::{
    future::poll_fn,
    ops::ControlFlow,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

/// The polls of one function call so far.
#[derive(Debug)]
pub struct Polls {
    start: Moment,
    /// The deadline of the first poll, which is that of all, and the backoff between them.
    terms: Option<(Moment, Backoff)>,
    /// The number of polls whose answer was "not yet".
    made: u32,
    last: Option<Duration>,
}

impl Default for Polls {
    fn default() -> Self {
        Self {
            start: Moment::now(),
            terms: None,
            made: 0,
            last: None,
        }
    }
}

impl Polls {
    /// The call of a poll has been started: it ends by the deadline of the first one.
    pub fn started<R, C, O, W, U: Route>(&mut self, call: &mut Call<R, C, O, W, U>) {
        match self.terms {
            None => self.terms = Some(call.routed.poll_terms()),
            Some((deadline, _)) => call.routed.end_by(deadline),
        }
    }

    /// The call of a poll has ended. Returns the result of the function, or the next poll.
    pub fn ended<R, C, O, W, U: Route>(
        &mut self,
        call: &mut Call<R, C, O, W, U>,
        result: R,
        is_ready: impl FnOnce(&R::Ok) -> bool,
    ) -> ControlFlow<R, NextPoll>
    where
        R: Outcome,
        R::Error: FromRejection,
    {
        let failed_with = call.routed.route.failed_with();
        match result.as_result() {
            // Cut by the deadline of all polls: the job was not ready.
            Err(_) if self.made > 0 && failed_with == Some(Class::Deadline) && self.is_over() => {
                return ControlFlow::Break(self.not_ready(call));
            }
            Err(_) => return ControlFlow::Break(result),
            // An answer that was classified as a failure says nothing about the job.
            Ok(_) if failed_with.is_some() => return ControlFlow::Break(result),
            Ok(value) if is_ready(value) => return ControlFlow::Break(result),
            Ok(_) => {}
        }
        drop(result);
        match self.next(&call.routed) {
            Some(next) => ControlFlow::Continue(next),
            None => ControlFlow::Break(self.not_ready(call)),
        }
    }

    /// The next poll; none if the deadline comes before it.
    #[cold]
    fn next<U: Route>(&mut self, call: &Routed<U>) -> Option<NextPoll> {
        self.made = self.made.saturating_add(1);
        let (deadline, backoff) = self.terms.unwrap_or((Moment::UNSET, Backoff::DEFAULT));
        let delay = backoff.delay(self.made, self.last, random::random());
        self.last = Some(delay);
        let at = Moment::now().after(delay);
        if !deadline.is_unset() && at >= deadline {
            return None;
        }
        let polls = self.made;
        call.tell(EventKind::NotReady { polls, delay });
        let is_timed = !delay.is_zero() && scope::has_waits();
        Some(NextPoll(is_timed.then_some(at)))
    }

    fn is_over(&self) -> bool {
        let deadline = self.terms.map_or(Moment::UNSET, |(deadline, _)| deadline);
        !deadline.is_unset() && Moment::now() >= deadline
    }

    /// The job was not ready in time: the last call fails.
    #[cold]
    fn not_ready<R, C, O, W, U: Route>(&self, call: &mut Call<R, C, O, W, U>) -> R
    where
        R: Outcome,
        R::Error: FromRejection,
    {
        let rejection = Rejection::not_ready(self.made, Moment::now().since(self.start));
        call.routed.fails_after_all(rejection.class());
        R::rejected(rejection)
    }
}

impl<U: Route> Routed<U> {
    /// Emits an event of the call, which has ended, in its span.
    #[cold]
    fn tell(&self, kind: EventKind<'_>) {
        if event::is_recording() {
            let rare = self.record().and_then(|record| record.rare.as_deref());
            let _entered = rare.map_or(Entered::NONE, Rare::enter_call_span);
            self.route.origin().emit(kind);
        }
    }

    /// The call has succeeded, and what it was made for has failed: the fallback takes it.
    #[cold]
    fn fails_after_all(&mut self, class: Class) {
        self.route.set_failed_with(class);
        item::failed(class);
    }
}

/// When the job is polled again; with no time, at the next turn of the task.
#[derive(Debug)]
pub struct NextPoll(Option<Moment>);

impl NextPoll {
    /// Waits until then, or until a shutdown, after which the next call is rejected. Cancel safe.
    pub async fn due(self) {
        let mut timer = pin!(Timer::new());
        if let Some(at) = self.0 {
            timer.as_mut().set(at);
        }
        let (mut waiting, mut is_first) = (Waiting::default(), true);
        poll_fn(|cx| {
            let is_first = std::mem::take(&mut is_first);
            self.poll(timer.as_mut(), &mut waiting, is_first, cx)
        })
        .await;
    }

    fn poll(
        &self,
        timer: Pin<&mut Timer>,
        waiting: &mut Waiting,
        is_first: bool,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if is_shut_down() {
            return Poll::Ready(());
        }
        if self.0.is_none() {
            if !is_first {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if timer.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        waiting.register(cx.waker());
        // Once more: a shutdown between the two has found no waker.
        if is_shut_down() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
