//! The call with backon.
#![allow(dead_code, reason = "not every bench uses all of it")]

use crate::body::{ATTEMPTS, Body, Failure, TIMEOUT, pause};
use backon::{ConstantBuilder, Retryable};
use std::time::Duration;
use tokio::time::timeout;

pub(crate) fn delays(delay: Duration) -> ConstantBuilder {
    ConstantBuilder::new()
        .with_delay(delay)
        .with_max_times(ATTEMPTS - 1)
}

pub(crate) async fn by_backon<B: Body>(body: B) -> Result<u32, Failure> {
    let attempt = move || async move {
        timeout(TIMEOUT, body.attempt())
            .await
            .unwrap_or(Err(Failure::TimedOut))
    };
    attempt
        .retry(delays(B::DELAY))
        .sleep(pause)
        .when(|failure| failure.can_heal())
        .await
}
