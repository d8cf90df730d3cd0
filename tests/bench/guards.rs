//! The peers' upstream: a breaker of recloser, a limit of requests of governor and a semaphore of
//! tokio.

use crate::body::{Failure, Script, TIMEOUT, fetch};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use recloser::{AsyncRecloser, Recloser};
use std::num::NonZeroU32;
use tokio::{sync::Semaphore, time::timeout};

pub(crate) struct Guards {
    slots: Semaphore,
    limiter: DefaultDirectRateLimiter,
    breaker: AsyncRecloser,
}

/// Made once and kept. More requests than are ever made, so that no call waits.
pub(crate) fn guards() -> &'static Guards {
    let plenty = Quota::per_second(NonZeroU32::new(1_000_000_000).unwrap());
    Box::leak(Box::new(Guards {
        slots: Semaphore::new(32),
        limiter: RateLimiter::direct(plenty),
        breaker: AsyncRecloser::from(Recloser::default()),
    }))
}

/// One attempt.
pub(crate) async fn guarded(guards: &Guards, script: &Script) -> Result<u32, Failure> {
    let slot = guards.slots.acquire().await;
    let _slot = slot.map_err(|_| Failure::Refused)?;
    guards.limiter.until_ready().await;
    let bounded = async {
        let result = timeout(TIMEOUT, fetch(script)).await;
        result.unwrap_or(Err(Failure::TimedOut))
    };
    let result = guards.breaker.call(bounded).await;
    result.map_err(|error| match error {
        recloser::Error::Inner(failure) => failure,
        recloser::Error::Rejected => Failure::Refused,
    })
}
