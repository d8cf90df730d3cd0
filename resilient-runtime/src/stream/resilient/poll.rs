//! The polls of a stream.

use super::{Around, EVERY, Resilient, ResultStream};
use crate::{
    Classification, GiveUp, Rejection, ambient,
    call::{FromRejection, Polling},
    clock::Moment,
    failure::StreamFailure,
    stream::{account::StreamUpstream, gap::Over, resume::Resume},
};
use futures_core::Stream;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

/// What a poll gives that is more than one of the stream.
pub(super) enum Next<I, P> {
    /// An item that came before the caller had the stream.
    Item(I),
    Over,
    /// The stream was polled.
    Polled(P),
}

/// The result of a poll of a stream.
pub(super) type Polled<S> = Poll<Option<<S as Stream>::Item>>;

impl<S, A, N> Resilient<S, A, N>
where
    S: ResultStream<Error: FromRejection>,
    A: StreamUpstream,
    N: Resume<S::Value, S::Error>,
{
    /// The stream has given this item.
    #[inline(always)]
    pub(super) fn given(self: Pin<&mut Self>, item: &S::Value) {
        let this = self.project();
        this.held.items = this.held.items.saturating_add(1);
        if this.content.is_content(item) {
            if this.held.is_complete {
                // Of more than one answer in a stream, each has its own last item.
                this.held.is_complete = !this.content.tells_content();
            }
            this.gap.end();
            *this.awaits_first = false;
        } else {
            this.gap.pause();
        }
        if this.content.is_last(item) {
            this.held.gave_last();
        }
    }

    /// Polls a stream around which there is more than itself.
    #[inline(never)]
    pub(super) fn poll_guarded(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Next<S::Value, Polled<S>> {
        let this = self.project();
        if let Some(item) = this.first.pop_front() {
            this.held.items = this.held.items.saturating_add(1);
            if this.content.is_last(&item) {
                this.held.gave_last();
            }
            if this.first.is_empty() && !this.resume.is_left() && !*this.has_ended {
                *this.around = this.held.around();
            }
            return Next::Item(item);
        }
        if this.held.is_over() {
            return Next::Over;
        }
        if *this.has_ended {
            return Next::Polled(Poll::Ready(None));
        }
        let deadline = this.held.deadline();
        // Items that are always ready do not put it off. A timer that is set tells without the
        // clock whether it may have come, unless the task never gives way to the runtime.
        let is_due = this.held.items % EVERY == 0 || this.timer.may_have_rung();
        let looks = !deadline.is_unset() && is_due;
        if looks && Moment::now() >= deadline {
            return Next::Polled(Poll::Pending);
        }
        let recording = this.held.start_recording();
        let is_recording = recording.is_some();
        let keeping = this.resume.is_left().then(ambient::start_keeping);
        let is_keeping = keeping.is_some();
        let polling = Polling::new(
            ambient::Outside::replace(deadline, this.timer.rings()),
            this.held.enter_span(),
            (recording, keeping),
        );
        let polled = match this.stream {
            Some(stream) => stream.as_mut().poll_next(cx),
            None => this.resume.poll_next(cx),
        };
        let has_recorded = is_recording && ambient::has_recorded();
        let log = has_recorded.then(ambient::take_log);
        if is_keeping {
            *this.kept = ambient::take_kept().or(this.kept);
        }
        polling.leave();
        let said = match &polled {
            Poll::Ready(Some(Ok(item))) => this.content.tokens_of(item),
            _ => None,
        };
        if let Some(limits) = log.as_ref().and_then(|log| log.limits.as_ref()) {
            this.held.learn(limits);
        }
        if let Some(tokens) = said.or_else(|| log?.tokens) {
            this.held.used(tokens);
        }
        Next::Polled(polled)
    }

    /// The stream has given no item. Goes on with another one, if it may.
    #[cold]
    #[inline(never)]
    pub(super) fn poll_other(
        mut self: Pin<&mut Self>,
        mut polled: Polled<S>,
        cx: &mut Context<'_>,
    ) -> Polled<S> {
        loop {
            let cause = ready!(self.as_mut().poll_cause(polled, cx));
            let Some(cause) = cause.filter(|cause| !self.held.is_complete_despite(cause.class))
            else {
                self.end();
                return Poll::Ready(None);
            };
            if let Some(broken) = self.as_mut().broken(&cause) {
                return Poll::Ready(Some(Err(S::Error::from_rejection(broken))));
            }
            polled = match self.as_mut().poll_guarded(cx) {
                Next::Polled(Poll::Ready(Some(Ok(item)))) => {
                    self.as_mut().given(&item);
                    return Poll::Ready(Some(Ok(item)));
                }
                Next::Polled(polled) => polled,
                Next::Item(item) => return Poll::Ready(Some(Ok(item))),
                Next::Over => return Poll::Ready(None),
            };
        }
    }

    /// Why the stream has broken; none if it has ended.
    fn poll_cause(
        self: Pin<&mut Self>,
        polled: Polled<S>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Classification>> {
        let mut this = self.project();
        let rejection = match polled {
            Poll::Ready(None) if !this.content.has_last() || this.held.has_last => {
                return Poll::Ready(None);
            }
            Poll::Ready(None) => Rejection::stream(StreamFailure::EndedEarly),
            Poll::Ready(Some(result)) => {
                let error = result.err();
                return Poll::Ready(error.map(|error| this.classifier.classify(&error)));
            }
            Poll::Pending => {
                let (deadline, limit) = (this.held.deadline(), this.held.limit(*this.awaits_first));
                match ready!(this.gap.poll(limit, deadline, this.timer.as_mut(), cx)) {
                    Over::Stalled(limit) => Rejection::stream(if *this.awaits_first {
                        StreamFailure::NoContent(limit)
                    } else {
                        StreamFailure::Stalled(limit)
                    }),
                    Over::Deadline => this.held.over_deadline(),
                }
            }
        };
        Poll::Ready(Some(rejection.classification()))
    }

    /// The stream has ended.
    fn end(self: Pin<&mut Self>) {
        let mut this = self.project();
        *this.stream = None;
        this.resume.end();
        this.timer.as_mut().unset();
        *this.around = Around::Any;
        this.held.ended();
    }

    /// The stream has broken for this cause. Returns the failure for the consumer, or goes on with
    /// another stream.
    fn broken(self: Pin<&mut Self>, cause: &Classification) -> Option<Rejection> {
        let mut this = self.project();
        // First: it may hold resources of the server.
        *this.stream = None;
        this.resume.end();
        this.timer.as_mut().unset();
        *this.around = Around::Any;
        // A complete answer has nothing to go on with.
        let resumed = if this.resume.is_left() && !this.held.is_complete {
            this.held.resume(cause)
        } else if this.resume.is_used_up() {
            Err(GiveUp::ResumesUsedUp)
        } else {
            Err(GiveUp::Begun)
        };
        match resumed {
            Err(reason) => Some(this.held.broken(cause, reason)),
            Ok(broken) => {
                *this.awaits_first = true;
                this.held.has_last = false;
                let wait = cause.wait.map_or(Duration::ZERO, |wait| wait.duration);
                this.gap.begin_after(wait);
                let error = S::Error::from_rejection(broken);
                this.resume.resume(error, std::mem::take(this.kept), wait);
                None
            }
        }
    }
}
