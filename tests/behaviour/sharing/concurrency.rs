//! Permits of a fleet: never more than the limit, and those of a dead replica come back.

use super::{MILLI, MINUTE, ONCE, SECOND, replica, sent, store};
use resilient_runtime::{Concurrency, Upstream, UpstreamConfig, call, sharing::Sharing};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

fn of_ten(config: &mut UpstreamConfig) {
    config.concurrency = Some(Concurrency::new(10));
}

/// Counts calls in flight.
#[derive(Default)]
struct InFlight {
    now: AtomicU32,
    most: AtomicU32,
    done: AtomicU32,
}

async fn works(upstream: &Upstream, time: Duration, in_flight: &InFlight) {
    let outcome: super::Outcome = call!(upstream = upstream, policy = ONCE, async {
        let now = in_flight.now.fetch_add(1, Ordering::Relaxed) + 1;
        in_flight.most.fetch_max(now, Ordering::Relaxed);
        sleep(time).await;
        in_flight.now.fetch_sub(1, Ordering::Relaxed);
        in_flight.done.fetch_add(1, Ordering::Relaxed);
        Ok(())
    })
    .await;
    outcome.unwrap();
}

#[tokio::test(start_paused = true)]
async fn replicas_together_hold_as_many_permits_as_there_are_and_use_them() {
    let sharing = Sharing::new(store());
    let in_flight = Arc::new(InFlight::default());
    let mut calls = JoinSet::new();
    let start = Instant::now();
    for _ in 0..5 {
        let upstream = Arc::new(replica(&sharing, of_ten));
        for _ in 0..40 {
            let (upstream, in_flight) = (Arc::clone(&upstream), Arc::clone(&in_flight));
            calls.spawn(async move { works(&upstream, 500 * MILLI, &in_flight).await });
        }
    }
    calls.join_all().await;
    let most = in_flight.most.load(Ordering::Relaxed);
    assert!((8..=10).contains(&most), "{most}");
    assert_eq!(in_flight.done.load(Ordering::Relaxed), 200);
    // 200 calls of half a second, ten at a time, take ten seconds.
    assert!(start.elapsed() <= 14 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn permits_of_a_replica_that_is_gone_are_back_in_ten_seconds() {
    let sharing = Sharing::new(store());
    let in_flight = Arc::new(InFlight::default());
    let dead = Arc::new(replica(&sharing, of_ten));
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let (dead, in_flight) = (Arc::clone(&dead), Arc::clone(&in_flight));
        calls.spawn(async move { works(&dead, Duration::from_secs(3_600), &in_flight).await });
    }
    sleep(2 * SECOND).await;
    assert_eq!(in_flight.now.load(Ordering::Relaxed), 10);
    // As a process that is killed: it tells nobody.
    dead.share(Sharing::new(store()));
    let died = Instant::now();
    let other = replica(&sharing, of_ten);
    works(&other, MILLI, &in_flight).await;
    let after = died.elapsed();
    assert!(after <= 11 * SECOND, "{after:?}");
    assert!(after >= 7 * SECOND, "{after:?}: it was alive");
    calls.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn with_fewer_permits_than_replicas_each_has_its_turn() {
    let sharing = Sharing::new(store());
    let one = |config: &mut UpstreamConfig| config.concurrency = Some(Concurrency::new(1));
    let mut calls = JoinSet::new();
    let start = Instant::now();
    for _ in 0..3 {
        let upstream = Arc::new(replica(&sharing, one));
        calls.spawn(async move {
            let in_flight = InFlight::default();
            for _ in 0..3 {
                works(&upstream, 100 * MILLI, &in_flight).await;
            }
        });
    }
    calls.join_all().await;
    assert!(start.elapsed() <= 30 * SECOND, "{:?}", start.elapsed());
}

/// Makes one call after another, each of a third of a second, and counts them.
async fn calls_again(upstream: Arc<Upstream>, count: Arc<AtomicU32>) {
    loop {
        let outcome: super::Outcome = call!(upstream = &*upstream, policy = ONCE, async {
            sleep(SECOND / 3).await;
            Ok(())
        })
        .await;
        outcome.unwrap();
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// All callers of one replica want more, all the time; so does one of the other.
#[tokio::test(start_paused = true)]
async fn f454_a_replica_that_holds_all_permits_leaves_some_to_others() {
    let sharing = Sharing::new(store());
    let limited = |config: &mut UpstreamConfig| config.concurrency = Some(Concurrency::new(4));
    let counts = [0, 1].map(|_| Arc::new(AtomicU32::new(0)));
    let mut callers = JoinSet::new();
    for (count, number) in counts.iter().zip([20, 3]) {
        let upstream = Arc::new(replica(&sharing, limited));
        for _ in 0..number {
            callers.spawn(calls_again(Arc::clone(&upstream), Arc::clone(count)));
        }
        sleep(5 * SECOND).await;
    }
    sleep(MINUTE).await;
    callers.shutdown().await;
    let [busy, other] = counts.map(|it| it.load(Ordering::Relaxed));
    assert!(other >= 200 && busy >= 200, "{busy} {other}");
}

#[tokio::test(start_paused = true)]
async fn f455_a_concurrency_limit_that_is_changed_is_that_of_the_fleet() {
    for (limit, most) in [(1, 1), (20, 20)] {
        let sharing = Sharing::new(store());
        let upstream = Arc::new(replica(&sharing, |config| {
            config.concurrency = Some(Concurrency::new(4));
        }));
        sent(&upstream, ONCE).await.unwrap();
        upstream.set_concurrency(limit).unwrap();
        let mut callers = JoinSet::new();
        for _ in 0..40 {
            callers.spawn(calls_again(Arc::clone(&upstream), Arc::default()));
        }
        sleep(10 * SECOND).await;
        assert_eq!(upstream.snapshot().in_use, Some(most));
        callers.shutdown().await;
    }
}
