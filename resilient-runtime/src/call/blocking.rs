//! The body of a blocking function: its poll takes the whole time of the attempt, and nothing can
//! cut it.

use super::{FailedRun, Runs};
use crate::Classification;
use pin_project_lite::pin_project;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// A run that blocks its thread.
    pub struct Blocking<F> {
        #[pin]
        body: F,
    }
}

/// The run of a body that blocks its thread.
#[inline(always)]
pub const fn blocking<F: Future>(body: F) -> Blocking<F> {
    Blocking { body }
}

impl<F: Future> Runs for Blocking<F> {
    type Output = F::Output;
    const BLOCKS: bool = true;

    #[inline(always)]
    fn poll_runs(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        _: &mut dyn FnMut(&F::Output) -> Option<FailedRun>,
    ) -> Poll<F::Output> {
        self.project().body.poll(cx)
    }

    #[inline(always)]
    fn take_failed(self: Pin<&mut Self>) -> Option<Classification> {
        None
    }
}

impl<F> fmt::Debug for Blocking<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}
