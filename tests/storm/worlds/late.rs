//! A future of a busy task: it is often polled long after it was woken.

use super::random::Random;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::time::{Sleep, sleep};

pub(super) struct Late<F> {
    future: Pin<Box<F>>,
    pause: Option<Pin<Box<Sleep>>>,
    random: Random,
}

impl<F> Late<F> {
    pub(super) fn new(future: F, seed: u64) -> Self {
        Self {
            future: Box::pin(future),
            pause: None,
            random: Random(seed),
        }
    }
}

impl<F: Future> Future for Late<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        if this.pause.is_none() && this.random.one_in(3) {
            let pause = this.random.millis(1, 3_000);
            this.pause = Some(Box::pin(sleep(pause)));
        }
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(cx));
            this.pause = None;
        }
        this.future.as_mut().poll(cx)
    }
}
