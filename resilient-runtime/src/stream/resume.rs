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
    /// Whether another stream has taken the place of the one of the call.
    fn is_resumed(&self) -> bool;
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

    #[inline]
    fn is_resumed(&self) -> bool {
        false
    }

    fn resume(&mut self, _: E, _: Kept) {}

    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        Poll::Ready(None)
    }

    fn end(&mut self) {}
}

type OtherStream<'r, T, E> = Pin<Box<dyn Stream<Item = Result<T, E>> + Send + 'r>>;
type Opening<'r, T, E> =
    Pin<Box<dyn Future<Output = Result<OtherStream<'r, T, E>, E>> + Send + 'r>>;
type Resumes<'r, T, E> = Box<dyn FnMut(E, Kept) -> Opening<'r, T, E> + Send + 'r>;

/// By a function that gives another stream.
pub struct ResumeBy<'r, T, E> {
    resume: Resumes<'r, T, E>,
    left: u32,
    stage: Stage<'r, T, E>,
}

enum Stage<'r, T, E> {
    NotResumed,
    Opening(Opening<'r, T, E>),
    Open(OtherStream<'r, T, E>),
    Over,
}

impl<'r, T, E> ResumeBy<'r, T, E> {
    /// By this function, at most `max` times.
    pub(super) fn new<F, O, S>(max: u32, mut resume: F) -> Self
    where
        F: FnMut(E, Kept) -> O + Send + 'r,
        O: Future<Output = Result<S, E>> + Send + 'r,
        S: Stream<Item = Result<T, E>> + Send + 'r,
    {
        let resume = move |error: E, kept: Kept| -> Opening<'r, T, E> {
            let opening = resume(error, kept);
            Box::pin(async move { Ok(Box::pin(opening.await?) as OtherStream<'r, T, E>) })
        };
        Self {
            resume: Box::new(resume),
            left: max,
            stage: Stage::NotResumed,
        }
    }
}

impl<T, E> Resume<T, E> for ResumeBy<'_, T, E> {
    fn is_left(&self) -> bool {
        self.left > 0
    }

    fn is_resumed(&self) -> bool {
        !matches!(self.stage, Stage::NotResumed)
    }

    fn resume(&mut self, error: E, kept: Kept) {
        self.left = self.left.saturating_sub(1);
        // First: it may hold resources of the server.
        self.stage = Stage::Over;
        self.stage = Stage::Opening((self.resume)(error, kept));
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        if let Stage::Opening(opening) = &mut self.stage {
            self.stage = match ready!(opening.as_mut().poll(cx)) {
                Ok(stream) => Stage::Open(stream),
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
        self.stage = Stage::Over;
    }
}

impl<T, E> fmt::Debug for ResumeBy<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeBy")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
