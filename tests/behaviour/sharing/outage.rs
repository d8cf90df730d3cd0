//! A store that cannot be reached: each replica keeps to its part, nothing waits for the store
//! more than once, and two events tell of it.

use super::{
    MILLI, MINUTE, ONCE, SECOND,
    fleet::{Figures, Run, most_within},
    replica, sent, store,
};
use resilient_runtime::{
    CallError, Event, EventKind, Observer, Rate, Upstream, UpstreamConfig, observe,
    sharing::{Outage, Sharing},
    testing::MemoryStore,
};
use std::sync::{Arc, Mutex};
use tokio::time::{Instant, sleep};

/// A fleet whose store is away for two minutes in the middle.
async fn through_an_outage(lose: fn(&MemoryStore), find: fn(&MemoryStore)) -> Figures {
    let store = store();
    let mut run = Run::evenly(500, 20, 2.0);
    run.lasts = 6 * MINUTE;
    let outage = async {
        sleep(2 * MINUTE).await;
        lose(&store);
        sleep(2 * MINUTE).await;
        find(&store);
    };
    let (outcome, ()) = tokio::join!(run.go(&store), outage);
    outcome.0
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_for_two_minutes_lets_through_little_more_than_the_limit() {
    let figures = through_an_outage(MemoryStore::pause, MemoryStore::resume).await;
    assert!(figures.worst_minute <= 1.2, "{figures:?}");
    assert!(figures.used >= 0.9, "{figures:?}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_for_two_minutes_lets_through_little_more_than_the_limit() {
    let figures = through_an_outage(MemoryStore::fail, MemoryStore::recover).await;
    assert!(figures.worst_minute <= 1.2, "{figures:?}");
    assert!(figures.used >= 0.9, "{figures:?}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_has_lost_its_data_lets_through_little_more_than_the_limit() {
    let figures = through_an_outage(|_| {}, MemoryStore::flush).await;
    assert!(figures.worst_minute <= 1.05, "{figures:?}");
    assert!(figures.used >= 0.98, "{figures:?}");
}

/// The first call waits for the timeout of the store, and no later one does. When the store is
/// back, replicas use it within two seconds.
#[tokio::test(start_paused = true)]
async fn an_outage_costs_one_call_the_timeout_of_the_store_and_later_ones_nothing() {
    let store = store();
    let sharing = Sharing::new(store.clone());
    let upstream = replica(&sharing, |it| it.requests = Some(Rate::per_second(100)));
    sent(&upstream, ONCE).await.unwrap();
    store.pause();
    sleep(20 * MILLI).await;
    let mut slow = 0;
    for _ in 0..1_000 {
        let before = Instant::now();
        let took = sent(&upstream, ONCE).await.unwrap() - before;
        assert!(took <= 51 * MILLI, "{took:?}");
        slow += u32::from(took > MILLI);
        sleep(11 * MILLI).await;
    }
    assert_eq!(slow, 1);
    store.resume();
    sleep(2 * SECOND).await;
    let before = store.orders();
    sent(&upstream, ONCE).await.unwrap();
    assert!(store.orders() > before, "the store is used again");
}

/// The events of outages.
#[derive(Clone, Default)]
struct Edges(Arc<Mutex<Vec<String>>>);

impl Observer for Edges {
    fn observe(&self, event: &Event<'_>) {
        let text = match &event.kind {
            _ if event.upstream() != Some("shared") => return,
            EventKind::StoreLost { reason, .. } => format!("lost: {reason}"),
            EventKind::StoreRestored { lasted, .. } => {
                format!("restored after {}", lasted.as_secs())
            }
            _ => return,
        };
        self.0.lock().unwrap().push(text);
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn an_outage_is_reported_once_at_each_edge_whatever_the_number_of_calls_and_upstreams() {
    let edges = Edges::default();
    let seen = Arc::clone(&edges.0);
    let _observing = observe(edges);
    {
        let store = store();
        let sharing = Sharing::new(store.clone());
        let upstreams: Vec<_> = (0..20)
            .map(|_| replica(&sharing, |it| it.requests = Some(Rate::per_second(1_000))))
            .collect();
        for upstream in &upstreams {
            sent(upstream, ONCE).await.unwrap();
        }
        store.fail();
        for _ in 0..50 {
            for upstream in &upstreams {
                sent(upstream, ONCE).await.unwrap();
            }
            sleep(200 * MILLI).await;
        }
        store.recover();
        sleep(3 * SECOND).await;
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(seen[0], "lost: the test says so");
    assert!(seen[1].starts_with("restored after 1"), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn replicas_that_start_in_an_outage_divide_the_limit_by_the_number_they_are_told() {
    let store = store();
    store.fail();
    let sharing = Sharing::new(store.clone()).replicas(10);
    let upstream = replica(&sharing, |it| it.requests = Some(Rate::per_minute(600)));
    let start = Instant::now();
    let mut all = Vec::new();
    while start.elapsed() < MINUTE {
        all.push(sent(&upstream, ONCE).await.unwrap());
    }
    let most = most_within(&all, MINUTE);
    assert!((59..=62).contains(&most), "{most}");
}

#[tokio::test(start_paused = true)]
async fn an_outage_gives_each_replica_the_whole_limit_if_so_asked() {
    let store = store();
    store.fail();
    let sharing = Sharing::new(store).replicas(10).outage(Outage::Whole);
    let upstream = replica(&sharing, |it| it.requests = Some(Rate::per_second(10)));
    let start = Instant::now();
    for _ in 0..100 {
        sent(&upstream, ONCE).await.unwrap();
    }
    assert!(start.elapsed() <= 10 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn attempts_wait_for_the_store_until_their_deadline_if_so_asked() {
    let store = store();
    store.fail();
    let sharing = Sharing::new(store.clone()).outage(Outage::Wait);
    let upstream = replica(&sharing, |it| it.requests = Some(Rate::per_second(10)));
    let start = Instant::now();
    let outcome: Result<(), CallError<resilient_tests::Failure>> = resilient_runtime::call!(
        upstream = &upstream,
        policy = ONCE.deadline(5 * SECOND),
        async { Ok(()) }
    )
    .await;
    let error = outcome.unwrap_err().to_string();
    assert!(
        error.contains("the store that its replicas share"),
        "{error}"
    );
    assert!((4 * SECOND..=6 * SECOND).contains(&start.elapsed()));
    let late = sent(&upstream, ONCE);
    let found = async {
        sleep(5 * SECOND).await;
        store.recover();
        Instant::now()
    };
    let (sent, found) = tokio::join!(late, found);
    assert!(sent.unwrap() - found <= 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_tells_of_the_replicas_and_of_a_store_that_is_lost() {
    let store = store();
    let sharing = Sharing::new(store.clone());
    let paced = |it: &mut UpstreamConfig| it.requests = Some(Rate::per_second(100));
    let replicas = [(); 3].map(|()| replica(&sharing, paced));
    for upstream in &replicas {
        sent(upstream, ONCE).await.unwrap();
    }
    let shared = replicas[2].snapshot().sharing.unwrap();
    assert_eq!((shared.replicas, shared.lost), (3, None));
    store.fail();
    sent(&replicas[2], ONCE).await.unwrap();
    sleep(5 * SECOND).await;
    let shared = replicas[2].snapshot().sharing.unwrap();
    let lost = shared.lost.unwrap();
    assert!((4 * SECOND..6 * SECOND).contains(&lost), "{lost:?}");
    assert_eq!(shared.replicas, 3);
    store.recover();
    sleep(2 * SECOND).await;
    assert_eq!(replicas[2].snapshot().sharing.unwrap().lost, None);
    assert_eq!(Upstream::new("alone").snapshot().sharing, None);
}
