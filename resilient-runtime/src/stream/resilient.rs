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

/// Of so many items that are ready, one looks at the deadline.
const LOOKED_AT: u64 = 8;

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
        // Whether there is nothing around the stream while it is polled, and nothing before it.
        is_plain: bool,
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
            is_plain: false,
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

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.as_mut().project();
        let polled = match this.stream {
            Some(stream) if *this.is_plain => stream.as_mut().poll_next(cx),
            _ => match ready!(self.as_mut().poll_guarded(cx)) {
                Next::Item(item) => return Poll::Ready(Some(Ok(item))),
                Next::Over => return Poll::Ready(None),
                Next::Polled(polled) => polled,
            },
        };
        match polled {
            Poll::Ready(Some(Ok(item))) => {
                self.as_mut().given(&item);
                Poll::Ready(Some(Ok(item)))
            }
            polled => self.poll_other(polled, cx),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let first = self.first.len();
        // A failure may come before the items of the stream, and other items after it.
        let most = self.held.is_over().then_some(first);
        (first, most)
    }
}

/// What a poll gives that is more than one of the stream.
enum Next<I, P> {
    /// An item that came before the caller had the stream.
    Item(I),
    Over,
    /// The stream was polled.
    Polled(P),
}

/// The result of a poll of a stream.
type Polled<S> = Poll<Option<<S as Stream>::Item>>;

impl<S, A, N> Resilient<S, A, N>
where
    S: ResultStream<Error: FromRejection>,
    A: StreamUpstream,
    N: Resume<S::Value, S::Error>,
{
    /// The stream has given this item.
    #[inline(always)]
    fn given(self: Pin<&mut Self>, item: &S::Value) {
        let this = self.project();
        this.held.items = this.held.items.saturating_add(1);
        *this.has_last |= this.content.is_last(item);
        if this.content.is_content(item) {
            this.gap.end();
            *this.awaits_first = false;
        }
    }

    /// Polls a stream around which there is more than itself.
    #[inline(never)]
    fn poll_guarded(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Next<S::Value, Polled<S>>> {
        let this = self.project();
        if let Some(item) = this.first.pop_front() {
            this.held.items = this.held.items.saturating_add(1);
            *this.is_plain =
                this.first.is_empty() && this.held.is_plain() && !this.resume.is_left();
            return Poll::Ready(Next::Item(item));
        }
        if this.held.is_over() {
            return Poll::Ready(Next::Over);
        }
        let deadline = this.held.deadline();
        // Items that are always ready do not put it off; the clock is not read for each of them.
        let looks = !deadline.is_unset() && this.held.items % LOOKED_AT == 0;
        if looks && Moment::now() >= deadline {
            return Poll::Ready(Next::Polled(Poll::Pending));
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
        if let Some(tokens) = said.or_else(|| log?.tokens) {
            this.held.used(tokens);
        }
        Poll::Ready(Next::Polled(polled))
    }

    /// The stream has given no item. Goes on with another one, if it may.
    #[cold]
    #[inline(never)]
    fn poll_other(
        mut self: Pin<&mut Self>,
        mut polled: Polled<S>,
        cx: &mut Context<'_>,
    ) -> Polled<S> {
        loop {
            let Some(cause) = ready!(self.as_mut().poll_cause(polled, cx)) else {
                return Poll::Ready(None);
            };
            if let Some(broken) = self.as_mut().broken(&cause) {
                return Poll::Ready(Some(Err(S::Error::from_rejection(broken))));
            }
            polled = match ready!(self.as_mut().poll_guarded(cx)) {
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
            Poll::Ready(None) if !this.content.has_last() || *this.has_last => {
                *this.stream = None;
                this.resume.end();
                this.timer.unset();
                *this.is_plain = false;
                this.held.ended();
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

    /// The stream has broken for this cause. Returns the failure for the consumer, or goes on with
    /// another stream.
    fn broken(self: Pin<&mut Self>, cause: &Classification) -> Option<Rejection> {
        let mut this = self.project();
        // First: it may hold resources of the server.
        *this.stream = None;
        this.resume.end();
        this.timer.as_mut().unset();
        *this.is_plain = false;
        let resumed = if this.resume.is_left() {
            this.held.resume(cause)
        } else {
            Err(GiveUp::Begun)
        };
        match resumed {
            Err(reason) => Some(this.held.broken(cause, reason)),
            Ok(broken) => {
                *this.awaits_first = true;
                *this.has_last = false;
                this.gap.end();
                let error = S::Error::from_rejection(broken);
                this.resume.resume(error, std::mem::take(this.kept));
                None
            }
        }
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
