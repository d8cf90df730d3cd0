//! The others: breakers and limiters of other crates, put together by hand with a loop, a timeout
//! and a semaphore of tokio.

use crate::{Failure, reply};
use failsafe::{
    StateMachine,
    failure_policy::{ConsecutiveFailures, OrElse, SuccessRateOverTimeWindow},
    futures::CircuitBreaker as _,
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use layered::{Execute, Stack as _};
use recloser::{AsyncRecloser, Recloser};
use seatbelt::{RecoveryInfo, ResilienceContext, breaker::Breaker};
use std::{num::NonZeroU32, time::Duration};
use tokio::{sync::Semaphore, time::timeout};
use tower::{Service, ServiceBuilder, ServiceExt as _};
use tower_resilience_bulkhead::BulkheadLayer;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;
use tower_resilience_ratelimiter::RateLimiterLayer;

const ATTEMPTS: u32 = 5;
const TIMEOUT: Duration = Duration::from_mins(1);
const SLOTS: usize = 32;
/// More than is ever reached, so that no call waits.
const PLENTY: u32 = 1_000_000_000;

type Failsafe = StateMachine<
    OrElse<
        SuccessRateOverTimeWindow<failsafe::backoff::EqualJittered>,
        ConsecutiveFailures<failsafe::backoff::EqualJittered>,
    >,
    (),
>;

pub(crate) struct Breakers {
    slots: Semaphore,
    limiter: DefaultDirectRateLimiter,
    recloser: AsyncRecloser,
    failsafe: Failsafe,
}

/// Made once and kept.
pub(crate) fn breakers() -> &'static Breakers {
    let plenty = Quota::per_second(NonZeroU32::new(PLENTY).unwrap());
    Box::leak(Box::new(Breakers {
        slots: Semaphore::new(SLOTS),
        limiter: RateLimiter::direct(plenty),
        recloser: AsyncRecloser::from(Recloser::default()),
        failsafe: failsafe::Config::new().build(),
    }))
}

/// The loop around all of them.
async fn repeat<F>(attempt: impl Fn() -> F) -> Result<u32, Failure>
where
    F: Future<Output = Result<u32, Failure>>,
{
    let mut made = 1;
    loop {
        let failure = match attempt().await {
            Ok(reply) => return Ok(reply),
            Err(failure) => failure,
        };
        if made == ATTEMPTS || matches!(failure, Failure::Refused) {
            return Err(failure);
        }
        made += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn bounded() -> Result<u32, Failure> {
    let result = timeout(TIMEOUT, reply()).await;
    result.unwrap_or(Err(Failure::TimedOut))
}

pub(crate) async fn by_recloser(breakers: &Breakers) -> Result<u32, Failure> {
    repeat(|| async {
        let _slot = breakers
            .slots
            .acquire()
            .await
            .map_err(|_| Failure::Refused)?;
        breakers.limiter.until_ready().await;
        let result = breakers.recloser.call(bounded()).await;
        result.map_err(|error| match error {
            recloser::Error::Inner(failure) => failure,
            recloser::Error::Rejected => Failure::Refused,
        })
    })
    .await
}

pub(crate) async fn by_failsafe(breakers: &Breakers) -> Result<u32, Failure> {
    repeat(|| async {
        let _slot = breakers
            .slots
            .acquire()
            .await
            .map_err(|_| Failure::Refused)?;
        breakers.limiter.until_ready().await;
        let result = breakers.failsafe.call(bounded()).await;
        result.map_err(|error| match error {
            failsafe::Error::Inner(failure) => failure,
            failsafe::Error::Rejected => Failure::Refused,
        })
    })
    .await
}

/// Its own layer around the bounded call.
pub(crate) fn seatbelt() -> impl layered::Service<(), Out = Result<u32, Failure>> {
    let context = ResilienceContext::new(tick::Clock::new_tokio());
    let breaker = Breaker::layer("breaker", &context)
        .recovery_with(|result: &Result<u32, Failure>, _| match result {
            Ok(_) => RecoveryInfo::never(),
            Err(_) => RecoveryInfo::retry(),
        })
        .rejected_input_error(|(), _| Failure::Refused);
    (breaker, Execute::new(|()| bounded())).into_service()
}

pub(crate) async fn by_seatbelt(
    breakers: &Breakers,
    breaker: &impl layered::Service<(), Out = Result<u32, Failure>>,
) -> Result<u32, Failure> {
    repeat(|| async {
        let _slot = breakers
            .slots
            .acquire()
            .await
            .map_err(|_| Failure::Refused)?;
        breakers.limiter.until_ready().await;
        breaker.execute(()).await
    })
    .await
}

/// All of its own but loop and timeout. Made once and kept.
pub(crate) fn tower_resilience() -> impl Service<(), Response = u32, Error = Failure> + Clone {
    let refused = |_| Failure::Refused;
    ServiceBuilder::new()
        .map_err(refused)
        .layer(CircuitBreakerLayer::builder().build().unwrap())
        .layer(
            BulkheadLayer::builder()
                .max_concurrent_calls(SLOTS)
                .build()
                .unwrap(),
        )
        .layer(
            RateLimiterLayer::builder()
                .limit_for_period(PLENTY as usize)
                .build()
                .unwrap(),
        )
        .service_fn(|()| bounded())
}

pub(crate) async fn by_tower_resilience(
    service: impl Service<(), Response = u32, Error = Failure> + Clone,
) -> Result<u32, Failure> {
    repeat(|| service.clone().oneshot(())).await
}
