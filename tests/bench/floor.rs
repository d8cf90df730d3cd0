//! The floor: a future written by hand for this one purpose, whose timer is made after the first
//! `Pending`.

use crate::body::{ATTEMPTS, Failure, TIMEOUT};
use pin_project_lite::pin_project;
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::time::{Sleep, sleep};

pin_project! {
    pub(crate) struct Lazy<M, F> {
        make: M,
        failed: usize,
        #[pin]
        body: F,
        #[pin]
        timer: Option<Sleep>,
    }
}

impl<M: FnMut() -> F, F> Lazy<M, F> {
    pub(crate) fn new(mut make: M) -> Self {
        Self {
            body: make(),
            make,
            failed: 0,
            timer: None,
        }
    }
}

impl<M, F, T> Future for Lazy<M, F>
where
    M: FnMut() -> F,
    F: Future<Output = Result<T, Failure>>,
{
    type Output = Result<T, Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let failure = match this.body.as_mut().poll(cx) {
                Poll::Ready(Ok(reply)) => return Poll::Ready(Ok(reply)),
                Poll::Ready(Err(failure)) => failure,
                Poll::Pending => {
                    if this.timer.is_none() {
                        this.timer.set(Some(sleep(TIMEOUT)));
                    }
                    match this.timer.as_mut().as_pin_mut().map(|timer| timer.poll(cx)) {
                        Some(Poll::Ready(())) => Failure::TimedOut,
                        _ => return Poll::Pending,
                    }
                }
            };
            *this.failed += 1;
            if *this.failed == ATTEMPTS || !failure.can_heal() {
                return Poll::Ready(Err(failure));
            }
            this.timer.set(None);
            this.body.set((this.make)());
        }
    }
}
