//! The stream that a resilient function returns.

mod poll;

use self::poll::Next;
use super::{
    account::{AnyUpstream, StreamUpstream},
    begun::{Begun, Classifier},
    content::Content,
    gap::Gap,
    held::Held,
    resume::{NoResume, Resume},
};
use crate::{
    ambient::{self, Kept},
    call::FromRejection,
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

/// What is around a stream while it is polled, so that most polls cost little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Around {
    Nothing,
    /// Only the deadline of the call.
    Deadline,
    /// It is found out at each poll; also items that come before those of the stream.
    Any,
}

/// The items after which the clock is read, whatever the timer says.
const EVERY: u64 = 64;

pin_project! {
    /// The stream of a resilient function, from its first item on.
    ///
    /// A failure is its last item: of class [`StreamBroken`](crate::Class::StreamBroken), with the
    /// cause, the number of items so far and the attempts before. It is not retried, since the
    /// items before would come twice. See the [guide](crate::guide::streams).
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
        // Whether the stream has ended with its first items.
        has_ended: bool,
        resume: N,
        kept: Kept,
        content: Content<S::Value>,
        classifier: Classifier<S::Error>,
        // What is around the stream while it is polled.
        around: Around,
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
            has_ended: first.has_ended,
            resume,
            kept: first.kept,
            content,
            classifier,
            around: Around::Any,
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
            Some(stream) if *this.around == Around::Nothing => stream.as_mut().poll_next(cx),
            Some(stream)
                if *this.around == Around::Deadline
                    && this.held.items % EVERY != 0
                    && !this.gap.is_open()
                    && !this.timer.may_have_rung() =>
            {
                let _around = ambient::deadline_around(this.held.deadline());
                stream.as_mut().poll_next(cx)
            }
            _ => match self.as_mut().poll_guarded(cx) {
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
