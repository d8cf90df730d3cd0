//! Calls dropped while they wait for admission.

use super::{BREAKER, ONCE, PATIENT, SECOND, failing, taking};
use futures::future::join_all;
use resilient_runtime::{BreakerState, Concurrency, Upstream};
use tokio::time::{sleep, timeout};

#[tokio::test(start_paused = true)]
async fn f03_a_call_dropped_while_it_waits_for_anything_leaves_nothing() {
    let upstream = Upstream::new("dropped")
        .breaker(BREAKER)
        .concurrency(Concurrency::new(1))
        .requests_per_minute(60);
    for seconds in 0..15 {
        failing(&upstream).await;
        let calls = join_all((0..4).map(|_| taking(&upstream, PATIENT, SECOND / 2)));
        let _ = timeout(seconds * SECOND, calls).await;
        let snapshot = upstream.snapshot();
        assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
        sleep(12 * SECOND).await;
        // The probe's permit was returned.
        taking(&upstream, ONCE, SECOND / 2).await.unwrap();
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
    }
}
