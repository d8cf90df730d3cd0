//! The stream that a resilient function returns.

use super::{
    account::{AnyUpstream, StreamUpstream},
    begun::{Begun, Classifier},
    content::Content,
    gap::{Gap, Over},
    held::Held,
};
use crate::{
    Rejection, ambient,
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
    task::{Context, Poll},
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
    pub struct Resilient<S: ResultStream, A: StreamUpstream = AnyUpstream> {
        // Items that came before the caller had the stream.
        first: VecDeque<S::Value>,
        // None when it has ended.
        stream: Option<Pin<Box<S>>>,
        content: Content<S::Value>,
        classifier: Classifier<S::Error>,
        has_last: bool,
        gap: Gap,
        #[pin]
        timer: Timer,
        // Last, so that the stream is dropped before what it holds is returned.
        held: Held<A>,
    }
}

impl<S: ResultStream, A: StreamUpstream> Resilient<S, A> {
    pub(super) fn new(begun: Begun<S, S::Value, S::Error>, upstream: A) -> Self {
        let Begun {
            first,
            call,
            content,
            classifier,
        } = begun;
        Self {
            first: first.items,
            stream: Some(first.stream),
            content,
            classifier,
            has_last: first.has_last,
            gap: Gap::default(),
            timer: Timer::new(),
            held: Held::new(call, upstream),
        }
    }

    /// How many items it has given so far.
    pub fn items(&self) -> u64 {
        self.held.items
    }
}

impl<S, A> Stream for Resilient<S, A>
where
    S: ResultStream<Error: FromRejection>,
    A: StreamUpstream,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if let Some(item) = this.first.pop_front() {
            this.held.items = this.held.items.saturating_add(1);
            return Poll::Ready(Some(Ok(item)));
        }
        let Some(stream) = this.stream else {
            return Poll::Ready(None);
        };
        let deadline = this.held.deadline();
        let polled = if !deadline.is_unset() && Moment::now() >= deadline {
            // An item that is ready for ever does not put it off.
            Poll::Pending
        } else {
            let recording = this.held.start_recording();
            let is_recording = recording.is_some();
            let polling = Polling::new(
                ambient::Outside::replace(deadline, this.timer.rings()),
                this.held.enter_span(),
                recording,
            );
            let polled = stream.as_mut().poll_next(cx);
            let has_recorded = is_recording && ambient::has_recorded();
            let log = has_recorded.then(ambient::take_log);
            polling.leave();
            if let Some(log) = log {
                this.held.keep(log);
            }
            polled
        };
        let cause = match polled {
            Poll::Ready(Some(Ok(item))) => {
                this.held.items = this.held.items.saturating_add(1);
                *this.has_last |= this.content.is_last(&item);
                if (this.content.is_content)(&item) {
                    this.gap.end();
                }
                return Poll::Ready(Some(Ok(item)));
            }
            Poll::Ready(None) if this.content.is_last.is_none() || *this.has_last => {
                *this.stream = None;
                this.timer.unset();
                this.held.ended();
                return Poll::Ready(None);
            }
            Poll::Ready(None) => Rejection::stream(StreamFailure::EndedEarly).classification(),
            Poll::Ready(Some(Err(error))) => this.classifier.classify(&error),
            Poll::Pending => {
                let idle = this.held.idle();
                let over = this.gap.poll(idle, deadline, this.timer.as_mut(), cx);
                match std::task::ready!(over) {
                    Over::Stalled(idle) => {
                        Rejection::stream(StreamFailure::Stalled(idle)).classification()
                    }
                    Over::Deadline => this.held.over_deadline().classification(),
                }
            }
        };
        // First: it may hold resources of the server.
        *this.stream = None;
        this.timer.unset();
        let broken = this.held.broken(&cause);
        Poll::Ready(Some(Err(S::Error::from_rejection(broken))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let first = self.first.len();
        let Some(stream) = &self.stream else {
            return (first, Some(first));
        };
        // A failure may come before those, and one may come after them.
        let (_, most) = stream.size_hint();
        let most = most.and_then(|most| most.checked_add(first)?.checked_add(1));
        (first, most)
    }
}

impl<S, A> FusedStream for Resilient<S, A>
where
    S: ResultStream<Error: FromRejection>,
    A: StreamUpstream,
{
    fn is_terminated(&self) -> bool {
        self.stream.is_none() && self.first.is_empty()
    }
}

impl<S: ResultStream, A: StreamUpstream> fmt::Debug for Resilient<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resilient")
            .field("items", &self.items())
            .finish_non_exhaustive()
    }
}
