//! Stores that carry operations out and answer too late, or never, or panic.

use super::{MILLI, ONCE, SECOND, replica, sent, store, way::Way};
use resilient_runtime::{
    Caps, Class, Concurrency, Rate, Tokens, Upstream, UpstreamConfig, call, record_tokens,
    sharing::{Outage, Part, Sharing},
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

fn tokens(config: &mut UpstreamConfig) {
    config.tokens = Some(Rate::per_minute(6_000).burst(1_000));
}

async fn spends(upstream: &Upstream, estimated: u64, used: u64) {
    let outcome: super::Outcome = call!(
        upstream = upstream,
        cost = estimated,
        policy = ONCE,
        async {
            record_tokens(Tokens::input(used));
            Ok(())
        }
    )
    .await;
    outcome.unwrap();
}

/// Two replicas, of which the first hears no answers of the store.
async fn one_is_late() -> (Arc<Upstream>, Upstream) {
    let store = store();
    let way = Way::to(&store);
    let late = Arc::new(replica(&Sharing::new(way.clone()), tokens));
    let other = replica(&Sharing::new(store.clone()), tokens);
    spends(&late, 1, 1).await;
    spends(&other, 1, 1).await;
    way.late(true);
    (late, other)
}

/// One replica is cut off from the answers, not from the store. What it does not use of its own
/// part is no refund of what the other one has taken.
#[tokio::test(start_paused = true)]
async fn f436_replica_whose_answers_are_late_gives_back_nothing_that_others_have_taken() {
    let (late, other) = one_is_late().await;
    let calls = tokio::spawn({
        let late = Arc::clone(&late);
        async move {
            loop {
                spends(&late, 400, 1).await;
                sleep(100 * MILLI).await;
            }
        }
    });
    let begin = Instant::now();
    let mut used = 0;
    while begin.elapsed() < 60 * SECOND {
        spends(&other, 500, 500).await;
        used += 500;
    }
    calls.abort();
    // Its burst, and 100 a second.
    assert!(used <= 1_000 + 6_000 + 600, "{used}");
}

/// Nor does what it takes in the outage become a debt with each look at the store.
#[tokio::test(start_paused = true)]
async fn f437_replica_whose_answers_are_late_holds_up_nobody_else() {
    let (late, other) = one_is_late().await;
    // Once a debt of its own, which has come back in ten seconds.
    spends(&late, 1, 1_000).await;
    sleep(60 * SECOND).await;
    let begin = Instant::now();
    spends(&other, 500, 500).await;
    assert!(begin.elapsed() <= SECOND, "{:?}", begin.elapsed());
}

/// The use of a cap is counted once, or twice if the answer to its report was lost, and not with
/// each look at the store.
#[tokio::test(start_paused = true)]
async fn f438_use_of_a_cap_is_not_counted_again_with_each_look_at_a_store_that_answers_late() {
    let store = store();
    let way = Way::to(&store);
    let capped = |config: &mut UpstreamConfig| {
        config.requests = Some(Rate::per_second(1_000));
        config.caps = Caps::parse("1000 requests/day").unwrap();
    };
    let late = replica(&Sharing::new(way.clone()), capped);
    let other = replica(&Sharing::new(store.clone()), capped);
    sent(&late, ONCE).await.unwrap();
    sent(&other, ONCE).await.unwrap();
    way.late(true);
    for _ in 0..60 {
        sent(&late, ONCE).await.unwrap();
        sent(&other, ONCE).await.unwrap();
        sleep(SECOND).await;
    }
    way.late(false);
    sleep(2 * SECOND).await;
    let mut left = 0;
    while sent(&other, ONCE).await.is_some() {
        left += 1;
        sleep(10 * MILLI).await;
    }
    // 122 are used before.
    assert!((800..=880).contains(&left), "{left}");
}

/// A panic of the store is an outage, and the calls go on.
#[tokio::test(start_paused = true)]
async fn f439_store_that_panics_is_lost_and_its_task_begins_no_storm() {
    let store = store();
    let way = Way::to(&store);
    let upstream = replica(&Sharing::new(way.clone()), |config| {
        config.requests = Some(Rate::per_second(100));
    });
    sent(&upstream, ONCE).await.unwrap();
    way.panics.store(true, Ordering::Relaxed);
    let before = store.trips();
    let calls = async {
        for _ in 0..100 {
            sent(&upstream, ONCE).await.unwrap();
            sleep(50 * MILLI).await;
        }
    };
    timeout(60 * SECOND, calls).await.unwrap();
    let trips = store.trips() - before;
    assert!(trips <= 20, "{trips}");
    way.panics.store(false, Ordering::Relaxed);
    sleep(2 * SECOND).await;
    let before = store.orders();
    sent(&upstream, ONCE).await.unwrap();
    assert!(store.orders() > before, "the store is used again");
}

/// Its unreported use gives it nothing to do before the next look.
#[tokio::test(start_paused = true)]
async fn f440_replica_that_falls_idle_in_an_outage_sleeps() {
    let store = store();
    let upstream = replica(&Sharing::new(store.clone()), tokens);
    spends(&upstream, 1, 1).await;
    store.fail();
    spends(&upstream, 1, 100).await;
    sleep(60 * SECOND).await;
    let before = store.trips();
    sleep(60 * SECOND).await;
    assert_eq!(
        store.trips(),
        before,
        "nobody looks for a replica without calls"
    );
    store.recover();
    spends(&upstream, 1, 1).await;
    sleep(2 * SECOND).await;
    let before = store.orders();
    spends(&upstream, 1, 1).await;
    assert!(store.orders() > before, "the store is used again");
}

/// Another upstream may find that the store is back.
#[tokio::test(start_paused = true)]
async fn f441_attempts_of_many_upstreams_that_wait_for_a_store_all_hear_that_it_is_back() {
    let store = store();
    store.fail();
    let sharing = Sharing::new(store.clone()).outage(Outage::Wait);
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let upstream = Arc::new(replica(&sharing, |config| {
            config.requests = Some(Rate::per_second(100));
        }));
        calls.spawn(async move { sent(&upstream, ONCE).await });
    }
    sleep(60 * SECOND).await;
    store.recover();
    let all = timeout(3 * SECOND, calls.join_all()).await.unwrap();
    assert!(all.iter().all(Option::is_some), "{all:?}");
}

#[tokio::test(start_paused = true)]
async fn f442_store_that_gives_more_permits_than_there_are_does_not_raise_the_limit() {
    let mut way = Way::to(&store());
    way.permits = Some(u32::MAX);
    let upstream = Arc::new(replica(&Sharing::new(way), |config| {
        config.concurrency = Some(Concurrency::new(2));
    }));
    let (in_flight, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let upstream = Arc::clone(&upstream);
        let (in_flight, most) = (Arc::clone(&in_flight), Arc::clone(&most));
        calls.spawn(async move {
            let outcome: super::Outcome = call!(upstream = &*upstream, policy = ONCE, async {
                let now = in_flight.fetch_add(1, Ordering::Relaxed) + 1;
                most.fetch_max(now, Ordering::Relaxed);
                sleep(SECOND).await;
                in_flight.fetch_sub(1, Ordering::Relaxed);
                Ok(())
            })
            .await;
            outcome.unwrap();
        });
    }
    calls.join_all().await;
    assert_eq!(most.load(Ordering::Relaxed), 2);
}

/// One failed retry is one for the others, however often the store is looked at meanwhile.
#[tokio::test(start_paused = true)]
async fn f452_withdrawals_of_a_replica_whose_answers_are_late_are_told_once() {
    let store = store();
    let way = Way::to(&store);
    let shared = |store| Sharing::new(store).with(Part::Budget);
    let late = replica(&shared(way.clone()), |_| {});
    let other = replica(&Sharing::new(store.clone()).with(Part::Budget), |_| {});
    sent(&late, ONCE).await.unwrap();
    sent(&other, ONCE).await.unwrap();
    way.late(true);
    for _ in 0..20 {
        super::budget::fails(&late, Class::Overloaded).await;
        sent(&other, ONCE).await.unwrap();
        sleep(SECOND).await;
    }
    let balance = other.snapshot().budget;
    assert!(balance >= 9.0, "{balance}");
}
