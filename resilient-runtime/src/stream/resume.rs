//! Going on with another stream after one has broken: `resume` of the attribute.

use crate::{
    GiveUp,
    ambient::Kept,
    call_site::CallSite,
    halt::{self, Waiting},
    sync::{Sleep, sleep_until},
    timer,
    upstream::UpstreamHandle,
};
use futures_core::Stream;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::Instant;

/// Why a broken stream is not resumed, if a shutdown or a switch stops it.
pub(super) fn stops_resume(site: &CallSite, handle: Option<UpstreamHandle<'_>>) -> Option<GiveUp> {
    if !halt::may_stop_retries() {
        return None;
    }
    halt::stops_retry(site.name(), handle.map(|handle| handle.upstream.name()))
}

/// How a stream goes on after it has broken.
pub trait Resume<T, E> {
    /// Whether it may go on once more.
    fn is_left(&self) -> bool;
    /// Whether it has gone on as often as it may.
    fn is_used_up(&self) -> bool;
    /// Goes on after this wait. Only if it may.
    fn resume(&mut self, error: E, kept: Kept, wait: Duration);
    /// The next item of the other stream.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>>;
    /// Drops the other stream.
    fn end(&mut self);
}

/// It does not go on.
#[derive(Clone, Copy, Debug)]
pub struct NoResume;

impl<T, E> Resume<T, E> for NoResume {
    #[inline]
    fn is_left(&self) -> bool {
        false
    }

    fn is_used_up(&self) -> bool {
        false
    }

    fn resume(&mut self, _: E, _: Kept, _: Duration) {}

    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        Poll::Ready(None)
    }

    fn end(&mut self) {}
}

/// By a function that gives another stream. Its types are those of the function: an `impl Stream`
/// may then hold what was borrowed for different times.
pub struct ResumeBy<F, O, S, E> {
    resume: F,
    left: u32,
    stage: Stage<O, S, E>,
}

enum Stage<O, S, E> {
    NotResumed,
    /// The server asks for a wait. A shutdown ends it.
    Waiting(Pin<Box<Sleep>>, Option<(E, Kept)>, Waiting),
    Opening(Pin<Box<O>>),
    Open(Pin<Box<S>>),
    Over,
}

impl<F, O, S, E> ResumeBy<F, O, S, E> {
    /// By this function, at most `max` times.
    pub(super) const fn new(max: u32, resume: F) -> Self {
        Self {
            resume,
            left: max,
            stage: Stage::NotResumed,
        }
    }
}

impl<T, E, F, O, S> Resume<T, E> for ResumeBy<F, O, S, E>
where
    F: FnMut(E, Kept) -> O,
    O: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
{
    fn is_left(&self) -> bool {
        self.left > 0
    }

    fn is_used_up(&self) -> bool {
        self.left == 0
    }

    fn resume(&mut self, error: E, kept: Kept, wait: Duration) {
        self.left = self.left.saturating_sub(1);
        // First: it may hold resources of the server.
        self.stage = Stage::Over;
        self.stage = if wait.is_zero() {
            Stage::Opening(Box::pin((self.resume)(error, kept)))
        } else {
            let sleep = sleep_until(timer::after(Instant::now(), wait));
            Stage::Waiting(Box::pin(sleep), Some((error, kept)), Waiting::default())
        };
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        if let Stage::Waiting(sleep, given, waiting) = &mut self.stage {
            let slept = sleep.as_mut().poll(cx);
            if slept.is_pending() {
                // First: then no shutdown is missed.
                waiting.register(cx.waker());
                if !halt::is_shut_down() {
                    return Poll::Pending;
                }
            }
            let Some((error, kept)) = given.take() else {
                return Poll::Ready(None);
            };
            if halt::is_shut_down() {
                // Not sent, so it is not one of those that it may: the shutdown is the reason.
                self.left = self.left.saturating_add(1);
                self.stage = Stage::Over;
                return Poll::Ready(Some(Err(error)));
            }
            self.stage = Stage::Opening(Box::pin((self.resume)(error, kept)));
        }
        if let Stage::Opening(opening) = &mut self.stage {
            self.stage = match ready!(opening.as_mut().poll(cx)) {
                Ok(stream) => Stage::Open(Box::pin(stream)),
                Err(error) => {
                    self.stage = Stage::Over;
                    return Poll::Ready(Some(Err(error)));
                }
            };
        }
        match &mut self.stage {
            Stage::Open(stream) => stream.as_mut().poll_next(cx),
            _ => Poll::Ready(None),
        }
    }

    fn end(&mut self) {
        if !matches!(self.stage, Stage::NotResumed) {
            self.stage = Stage::Over;
        }
    }
}

impl<F, O, S, E> fmt::Debug for ResumeBy<F, O, S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeBy")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
