//! Going on with another stream after one has broken: `resume` of the attribute.

use crate::ambient::Kept;
use futures_core::Stream;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// How a stream goes on after it has broken.
pub trait Resume<T, E> {
    /// Whether it may go on once more.
    fn is_left(&self) -> bool;
    /// Goes on. Only if it may.
    fn resume(&mut self, error: E, kept: Kept);
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

    fn resume(&mut self, _: E, _: Kept) {}

    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        Poll::Ready(None)
    }

    fn end(&mut self) {}
}

/// By a function that gives another stream. Its types are those of the function: an `impl Stream`
/// may then hold what was borrowed for different times.
pub struct ResumeBy<F, O, S> {
    resume: F,
    left: u32,
    stage: Stage<O, S>,
}

enum Stage<O, S> {
    NotResumed,
    Opening(Pin<Box<O>>),
    Open(Pin<Box<S>>),
    Over,
}

impl<F, O, S> ResumeBy<F, O, S> {
    /// By this function, at most `max` times.
    pub(super) const fn new(max: u32, resume: F) -> Self {
        Self {
            resume,
            left: max,
            stage: Stage::NotResumed,
        }
    }
}

impl<T, E, F, O, S> Resume<T, E> for ResumeBy<F, O, S>
where
    F: FnMut(E, Kept) -> O,
    O: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
{
    fn is_left(&self) -> bool {
        self.left > 0
    }

    fn resume(&mut self, error: E, kept: Kept) {
        self.left = self.left.saturating_sub(1);
        // First: it may hold resources of the server.
        self.stage = Stage::Over;
        self.stage = Stage::Opening(Box::pin((self.resume)(error, kept)));
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
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

impl<F, O, S> fmt::Debug for ResumeBy<F, O, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeBy")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
