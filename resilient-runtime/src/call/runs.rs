//! The runs of an attempt.

use crate::Classification;
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// The runs of an attempt: its body, or several runs of it in parallel.
pub trait Runs {
    /// The result of the attempt.
    type Output;
    /// Whether the poll that ends it has blocked the thread for the whole time of the attempt, so
    /// that no timeout could have cut it.
    const BLOCKS: bool = false;
    /// Polls the runs. `judge` says whether the result of one is a failure.
    fn poll_runs(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        judge: &mut dyn FnMut(&Self::Output) -> Option<FailedRun>,
    ) -> Poll<Self::Output>;
    /// The failure of the run that failed last, for an attempt that has taken too long: it says
    /// more than that others hang.
    fn take_failed(self: Pin<&mut Self>) -> Option<Classification>;
}

/// A run that has failed.
#[derive(Debug)]
pub struct FailedRun {
    pub(crate) failure: Classification,
    /// Whether such a failure is not retried, by class and policy.
    pub(crate) is_final: bool,
}

/// One run: its result is that of the attempt.
impl<F: Future> Runs for F {
    type Output = F::Output;

    #[inline(always)]
    fn poll_runs(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        _: &mut dyn FnMut(&F::Output) -> Option<FailedRun>,
    ) -> Poll<F::Output> {
        self.poll(cx)
    }

    #[inline(always)]
    fn take_failed(self: Pin<&mut Self>) -> Option<Classification> {
        None
    }
}
