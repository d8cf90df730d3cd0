//! Pauses and quotas: what a server tells one replica, all know.

use super::{ONCE, SECOND, replica, sent, store};
use resilient_runtime::{
    Class, Classification, Rate, ServerWait, Upstream, UpstreamConfig, WaitOrigin, call,
    sharing::{Part, Sharing},
};
use resilient_tests::Failure;
use tokio::time::{Instant, sleep};

fn paced(config: &mut UpstreamConfig) {
    config.requests = Some(Rate::per_second(100));
    config.gate = true;
}

/// A call whose server asks for a pause.
async fn told_to_wait(upstream: &Upstream, seconds: u32) {
    let wait = ServerWait::new(SECOND * seconds, WaitOrigin::RetryAfter);
    let failure = Failure::from(Classification::new(Class::RateLimited).wait(wait));
    let outcome: Result<(), Failure> = call!(upstream = upstream, policy = ONCE, async {
        Err(failure.clone())
    })
    .await;
    assert!(outcome.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_one_replica_is_told_holds_back_all() {
    let sharing = Sharing::new(store());
    let told = replica(&sharing, paced);
    let other = replica(&sharing, paced);
    sent(&told, ONCE).await.unwrap();
    sent(&other, ONCE).await.unwrap();
    told_to_wait(&told, 20).await;
    let paused = Instant::now();
    // It hears of it with its next beat at the latest.
    sleep(SECOND).await;
    let at = sent(&other, ONCE).await.unwrap();
    assert!(at - paused >= 19 * SECOND, "{:?}", at - paused);
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_is_not_shared_holds_back_the_own_calls_only() {
    let sharing = Sharing::new(store()).without(Part::Gate);
    let told = replica(&sharing, paced);
    let other = replica(&sharing, paced);
    sent(&told, ONCE).await.unwrap();
    told_to_wait(&told, 20).await;
    let paused = Instant::now();
    sleep(2 * SECOND).await;
    let at = sent(&other, ONCE).await.unwrap();
    assert!(at - paused < 3 * SECOND);
}
