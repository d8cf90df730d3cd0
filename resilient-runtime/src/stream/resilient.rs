//! The stream that a resilient function returns.

use super::{
    account::{AnyUpstream, StreamUpstream},
    begun::{Begun, Classifier},
    content::Content,
    gap::{Gap, Over},
    held::Held,
    resume::{NoResume, Resume},
};
use crate::{
    Classification, GiveUp, Rejection,
    ambient::{self, Kept},
    call::{FromRejection, Polling},
    clock::Moment,
    failure::StreamFailure,
    timer::Timer,
};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// A stream of results: the items of a stream are `Result<Value, Error>`.
pub trait ResultStream: Stream<Item = Result<Self::Value, Self::Error>> {
    /// The value of an item.
    type Value;
    /// The failure of the stream.
    type Error;
}

impl<S, T, E> ResultStream for S
where
    S: Stream<Item = Result<T, E>>,
{
    type Value = T;
    type Error = E;
}

pin_project! {
    /// The stream of a resilient function, from its first item on.
    ///
    /// A failure is its last item: of class [`StreamBroken`](crate::Class::StreamBroken), with the
    /// cause, the number of items so far and the attempts before. It is not retried, since the items
    /// before would come twice. See the [guide](crate::guide::streams).
    ///
    /// Functions that return `impl Stream` or a boxed stream need not name it. `A` is the upstream
    /// that it holds; the default stands for any.
    ///
    /// Cancel safe: dropping it ends the call, and returns its permit.
    #[must_use = "streams do nothing unless polled"]
    pub struct Resilient<S: ResultStream, A: StreamUpstream = AnyUpstream, N = NoResume> {
        // Items that came before the caller had the stream.
        first: VecDeque<S::Value>,
        // None when it has ended, or another one has taken its place.
        stream: Option<Pin<Box<S>>>,
        resume: N,
        kept: Kept,
        content: Content<S::Value>,
        classifier: Classifier<S::Error>,
        has_last: bool,
        gap: Gap,
        // Whether another stream has not given content so far.
        awaits_first: bool,
        #[pin]
        timer: Timer,
        // Last, so that the stream is dropped before what it holds is returned.
        held: Held<A>,
    }
}

impl<S: ResultStream, A: StreamUpstream, N> Resilient<S, A, N> {
    pub(super) fn new(begun: Begun<S, S::Value, S::Error, N>, upstream: A) -> Self {
        let Begun {
            first,
            call,
            content,
            classifier,
            resume,
        } = begun;
        Self {
            first: first.items,
            stream: Some(first.stream),
            resume,
            kept: first.kept,
            content,
            classifier,
            has_last: first.has_last,
            gap: Gap::default(),
            awaits_first: false,
            timer: Timer::new(),
            held: Held::new(call, first.tokens, upstream),
        }
    }

    /// How many items it has given so far.
    pub fn items(&self) -> u64 {
        self.held.items
    }
}

impl<S, A, N> Stream for Resilient<S, A, N>
where
    S: ResultStream<Error: FromRejection>,
    A: StreamUpstream,
    N: Resume<S::Value, S::Error>,
{
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.as_mut().project();
        if let Some(item) = this.first.pop_front() {
            this.held.items = this.held.items.saturating_add(1);
            return Poll::Ready(Some(Ok(item)));
        }
        if this.held.is_over() {
            return Poll::Ready(None);
        }
        loop {
            let cause = match ready!(self.as_mut().poll_item(cx)) {
                Ok(item) => return Poll::Ready(item.map(Ok)),
                Err(cause) => cause,
            };
            let mut this = self.as_mut().project();
            // First: it may hold resources of the server.
            *this.stream = None;
            this.resume.end();
            this.timer.as_mut().unset();
            let reason = if this.resume.is_left() {
                match this.held.resume(&cause) {
                    Ok(broken) => {
                        *this.awaits_first = true;
                        *this.has_last = false;
                        this.gap.end();
                        let error = S::Error::from_rejection(broken);
                        this.resume.resume(error, std::mem::take(this.kept));
                        continue;
                    }
                    Err(reason) => reason,
                }
            } else {
                GiveUp::Begun
            };
            let broken = this.held.broken(&cause, reason);
            return Poll::Ready(Some(Err(S::Error::from_rejection(broken))));
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let first = self.first.len();
        // A failure may come before the items of the stream, and other items after it.
        let most = self.held.is_over().then_some(first);
        (first, most)
    }
}

impl<S, A, N> Resilient<S, A, N>
where
    S: ResultStream,
    A: StreamUpstream,
    N: Resume<S::Value, S::Error>,
{
    /// The next item, the end, or the cause for which the stream has broken.
    #[inline]
    fn poll_item(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<S::Value>, Classification>> {
        let mut this = self.project();
        let deadline = this.held.deadline();
        let polled = if !deadline.is_unset() && Moment::now() >= deadline {
            // An item that is ready for ever does not put it off.
            Poll::Pending
        } else {
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
            if let Some(tokens) = log.and_then(|log| log.tokens) {
                this.held.used(tokens);
            }
            polled
        };
        let rejection = match polled {
            Poll::Ready(Some(Ok(item))) => {
                this.held.items = this.held.items.saturating_add(1);
                *this.has_last |= this.content.is_last(&item);
                if let Some(tokens) = this.content.tokens_of(&item) {
                    this.held.used(tokens);
                }
                if (this.content.is_content)(&item) {
                    this.gap.end();
                    *this.awaits_first = false;
                }
                return Poll::Ready(Ok(Some(item)));
            }
            Poll::Ready(None) if this.content.is_last.is_none() || *this.has_last => {
                *this.stream = None;
                this.timer.unset();
                this.held.ended();
                return Poll::Ready(Ok(None));
            }
            Poll::Ready(None) => Rejection::stream(StreamFailure::EndedEarly),
            Poll::Ready(Some(Err(error))) => {
                return Poll::Ready(Err(this.classifier.classify(&error)));
            }
            Poll::Pending => {
                let limit = this.held.limit(*this.awaits_first);
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
        Poll::Ready(Err(rejection.classification()))
    }
}

impl<S, A, N> FusedStream for Resilient<S, A, N>
where
    S: ResultStream<Error: FromRejection>,
    A: StreamUpstream,
    N: Resume<S::Value, S::Error>,
{
    fn is_terminated(&self) -> bool {
        self.held.is_over() && self.first.is_empty()
    }
}

impl<S: ResultStream, A: StreamUpstream, N> fmt::Debug for Resilient<S, A, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resilient")
            .field("items", &self.items())
            .finish_non_exhaustive()
    }
}
