//! The call with tokio-retry2. Its sleep cannot be replaced: even for no delay it makes a timer of
//! a millisecond.

use crate::body::{ATTEMPTS, Body, Failure, TIMEOUT};
use std::iter::repeat_n;
use tokio::time::timeout;
use tokio_retry2::{Retry, RetryError};

fn told_apart(failure: Failure) -> RetryError<Failure> {
    if failure.can_heal() {
        RetryError::transient(failure)
    } else {
        RetryError::permanent(failure)
    }
}

pub(crate) async fn by_tokio_retry2<B: Body>(body: B) -> Result<u32, Failure> {
    Retry::spawn(repeat_n(B::DELAY, ATTEMPTS - 1), move || async move {
        let result = timeout(TIMEOUT, body.attempt()).await;
        result.unwrap_or(Err(Failure::TimedOut)).map_err(told_apart)
    })
    .await
}
