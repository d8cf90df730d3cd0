//! The ways to write one call: up to five attempts of at most a minute each, no delay between them.

use crate::{
    body::{Failure, Script, fetch},
    floor::Lazy,
};
use backon::{ConstantBuilder, Retryable};
use resilient_runtime::{Backoff, Policy, call, resilient};
use std::{
    future::{Ready, ready},
    time::Duration,
};
use tokio::time::{sleep, timeout};
use tokio_retry2::RetryError;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt, retry};

pub(crate) const ATTEMPTS: usize = 5;
pub(crate) const TIMEOUT: Duration = Duration::from_mins(1);

/// Tokio's shortest sleep is a millisecond; nobody sleeps for nothing.
async fn pause(delay: Duration) {
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

pub(crate) async fn bare(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

pub(crate) async fn by_hand(script: &Script) -> Result<u32, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match timeout(TIMEOUT, fetch(script)).await {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        if attempt == ATTEMPTS || !failure.can_heal() {
            return Err(failure);
        }
        attempt += 1;
        pause(Duration::ZERO).await;
    }
}

pub(crate) fn floor(script: &Script) -> impl Future<Output = Result<u32, Failure>> {
    Lazy::new(move || fetch(script))
}

static AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));
static DEFAULT: Policy = Policy::new();

#[resilient]
pub(crate) async fn by_attribute(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[resilient(policy = &AT_ONCE)]
pub(crate) async fn by_attribute_at_once(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

/// Apart from the one that fails, whose server counts as degraded for a while.
#[resilient(policy = &AT_ONCE)]
pub(crate) async fn by_policy(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[expect(
    clippy::manual_async_fn,
    reason = "another layer would be measured too"
)]
pub(crate) fn by_call(script: &Script) -> impl Future<Output = Result<u32, Failure>> {
    call!(&DEFAULT, "by_call", async { fetch(script).await })
}

#[expect(
    clippy::manual_async_fn,
    reason = "another layer would be measured too"
)]
pub(crate) fn by_call_at_once(script: &Script) -> impl Future<Output = Result<u32, Failure>> {
    call!(&AT_ONCE, "by_call_at_once", async { fetch(script).await })
}

pub(crate) async fn by_backon(script: &Script) -> Result<u32, Failure> {
    let attempt = || async {
        timeout(TIMEOUT, fetch(script))
            .await
            .unwrap_or(Err(Failure::TimedOut))
    };
    attempt
        .retry(
            ConstantBuilder::new()
                .with_delay(Duration::ZERO)
                .with_max_times(ATTEMPTS - 1),
        )
        .sleep(pause)
        .when(|failure| failure.can_heal())
        .await
}

/// Its own sleep cannot be replaced: it makes a timer of a millisecond even for no delay.
pub(crate) async fn by_tokio_retry2(script: &Script) -> Result<u32, Failure> {
    let delays = std::iter::repeat_n(Duration::ZERO, ATTEMPTS - 1);
    tokio_retry2::Retry::spawn(delays, || async {
        let result = timeout(TIMEOUT, fetch(script))
            .await
            .unwrap_or(Err(Failure::TimedOut));
        result.map_err(|failure| {
            if failure.can_heal() {
                RetryError::transient(failure)
            } else {
                RetryError::permanent(failure)
            }
        })
    })
    .await
}

#[derive(Clone)]
struct Attempts(usize);

impl<'s> retry::Policy<&'s Script, u32, BoxError> for Attempts {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut &'s Script,
        result: &mut Result<u32, BoxError>,
    ) -> Option<Ready<()>> {
        let error = result.as_ref().err()?;
        // What is not ours is the timeout of tower.
        if !error
            .downcast_ref()
            .is_none_or(|failure: &Failure| failure.can_heal())
            || self.0 == 1
        {
            return None;
        }
        self.0 -= 1;
        Some(ready(()))
    }

    fn clone_request(&mut self, script: &&'s Script) -> Option<&'s Script> {
        Some(script)
    }
}

/// The service is made once and kept, as its users do.
pub(crate) fn tower_service<'s>()
-> impl Service<&'s Script, Response = u32, Error = BoxError> + Clone {
    ServiceBuilder::new()
        .retry(Attempts(ATTEMPTS))
        .timeout(TIMEOUT)
        .service_fn(fetch)
}

pub(crate) async fn by_tower<'s>(
    service: impl Service<&'s Script, Response = u32, Error = BoxError>,
    script: &'s Script,
) -> Result<u32, Failure> {
    let result = service.oneshot(script).await;
    result.map_err(|error| {
        error
            .downcast()
            .map_or(Failure::TimedOut, |failure| *failure)
    })
}
