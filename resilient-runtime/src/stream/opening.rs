//! The body of an attempt that opens a stream, and the stream up to its first content.

use super::{
    content::Content,
    first::{First, Opened},
};
use crate::{
    Policy, Rejection, Tokens,
    ambient::{self, Kept},
    call::{FromRejection, Polling},
    clock::Moment,
    event::{Entered, EventKind, Origin},
    failure::StreamFailure,
    timer::{self, Timer},
};
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::Instant;

/// The most items before the first content that are held back. With more, the stream has begun.
const HELD: usize = 64;

/// The times of the attempts of one call, and its name.
#[derive(Clone, Copy, Debug)]
pub struct StreamTimes {
    name: &'static str,
    /// From the start of an attempt until its stream opens.
    open: Option<Duration>,
    /// From the start of an attempt until its first content.
    pub(super) first: Option<Duration>,
}

impl StreamTimes {
    pub(crate) fn of(policy: &Policy, name: &'static str) -> Self {
        Self {
            name,
            open: policy.timeout,
            first: policy.longest_until_content(),
        }
    }
}

pin_project! {
    /// Runs the body, and reads its stream up to the first content.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Opening<F, S: Stream, T, E> {
        #[pin]
        body: Option<F>,
        reading: Option<Reading<S, T>>,
        content: Content<T>,
        times: StreamTimes,
        kept: Kept,
        // When it first had to wait: a clock that is not read costs nothing.
        start: Option<Instant>,
        #[pin]
        timer: Timer,
        error: std::marker::PhantomData<fn() -> E>,
    }
}

/// A stream that has given no content so far.
struct Reading<S, T> {
    stream: Pin<Box<S>>,
    held: VecDeque<T>,
    has_ended: bool,
    tokens: Option<Tokens>,
}

impl<F, S, T, E> Opening<F, S, T, E>
where
    F: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
{
    /// With the body of an attempt.
    pub const fn new(body: F, content: Content<T>, times: StreamTimes) -> Self {
        Self {
            body: Some(body),
            reading: None,
            content,
            times,
            kept: Kept::NOTHING,
            start: None,
            timer: Timer::new(),
            error: std::marker::PhantomData,
        }
    }
}

impl<S, T, E> Reading<S, T>
where
    S: Stream<Item = Result<T, E>>,
    E: FromRejection,
{
    /// Ready with the first content or the last item, or with a failure.
    fn poll_content(
        &mut self,
        content: &Content<T>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Opened<S, T, E>>> {
        loop {
            let item = match ready!(self.stream.as_mut().poll_next(cx)) {
                Some(Ok(item)) => item,
                Some(Err(error)) => return Poll::Ready(Err(Opened::Failed(error))),
                None if content.has_last() => {
                    let failure = Rejection::stream(StreamFailure::EndedEarly);
                    return Poll::Ready(Err(Opened::Raised(failure)));
                }
                None => {
                    self.has_ended = true;
                    return Poll::Ready(Ok(()));
                }
            };
            let is_last = content.is_last(&item);
            if let Some(tokens) = content.tokens_of(&item) {
                self.tokens = Some(self.tokens.unwrap_or_default().most(tokens));
            }
            // An answer may be complete without content.
            let begins = is_last || content.is_content(&item) || self.held.len() >= HELD;
            self.held.push_back(item);
            if begins {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<F, S, T, E> Future for Opening<F, S, T, E>
where
    F: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
    E: FromRejection,
{
    type Output = Opened<S, T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let polled = {
            // Calls inside see when this is cut.
            let end = this.timer.rings();
            let polling = Polling::new(
                ambient::Outside::replace(Moment::UNSET, end),
                Entered::NONE,
                ambient::start_keeping(),
            );
            let mut step = || {
                if let Some(body) = this.body.as_mut().as_pin_mut() {
                    let stream = match ready!(body.poll(cx)) {
                        Ok(stream) => stream,
                        Err(error) => return Poll::Ready(Err(Opened::Failed(error))),
                    };
                    this.body.set(None);
                    // Its time is that until the first content from now on.
                    this.timer.as_mut().unset();
                    Origin::of(this.times.name).emit_if_recorded(EventKind::StreamOpened);
                    *this.reading = Some(Reading {
                        stream: Box::pin(stream),
                        held: VecDeque::new(),
                        has_ended: false,
                        tokens: None,
                    });
                }
                match this.reading {
                    Some(reading) => reading.poll_content(this.content, cx),
                    None => Poll::Pending,
                }
            };
            let polled = step();
            *this.kept = ambient::take_kept().or(this.kept);
            polling.leave();
            polled
        };
        match polled {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(failed)) => {
                // First: it may hold resources of the server.
                *this.reading = None;
                return Poll::Ready(failed);
            }
            Poll::Pending => {
                let is_open = this.reading.is_some();
                ready!(poll_time(
                    this.times,
                    is_open,
                    this.start,
                    this.timer.as_mut(),
                    cx
                ));
                ambient::forget_cut_request();
                // First: they may hold resources of the server.
                this.body.set(None);
                *this.reading = None;
                let failure = match (is_open, this.times) {
                    (true, times) => StreamFailure::NoContent(times.first.unwrap_or_default()),
                    (false, times) => StreamFailure::NotOpened(times.open.unwrap_or_default()),
                };
                return Poll::Ready(Opened::Raised(Rejection::stream(failure)));
            }
        }
        match this.reading.take() {
            Some(reading) => Poll::Ready(Opened::Begun(First {
                items: reading.held,
                stream: reading.stream,
                has_ended: reading.has_ended,
                tokens: reading.tokens,
                kept: std::mem::take(this.kept),
            })),
            None => Poll::Pending,
        }
    }
}

/// Ready when the stream has taken too long to open, or to give content.
fn poll_time(
    limits: &StreamTimes,
    is_open: bool,
    start: &mut Option<Instant>,
    mut timer: Pin<&mut Timer>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    if !timer.is_set() {
        let start = *start.get_or_insert_with(Instant::now);
        let limit = if is_open { limits.first } else { limits.open };
        let Some(limit) = limit else {
            return Poll::Pending;
        };
        timer.as_mut().set_instant(timer::after(start, limit));
    }
    timer.poll(cx)
}

impl<F, S: Stream, T, E> fmt::Debug for Opening<F, S, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}
