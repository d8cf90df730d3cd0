//! Each target has an account of its own: limits, retry budget and permits.

use super::{Answer, Failure, World};
use resilient_runtime::{Class, Concurrency, Failover, Upstream, resilient};
use std::time::Duration;

static A: Upstream = Upstream::new("a").concurrency(Concurrency::new(4));
static B: Upstream = Upstream::new("b").concurrency(Concurrency::new(4));
static AB: Failover = Failover::new("ab").to(&A, "first").to(&B, "second");

#[resilient(failover = AB, context = attempt)]
async fn ask(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

fn in_use(upstream: &'static Upstream, name: &str) -> Option<u32> {
    upstream.snapshot_by(name)?.in_use
}

#[resilient_runtime::test(start_paused = true)]
async fn f375_permits_of_every_target_come_back_also_from_calls_that_are_dropped() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Connect));
    world.set("second", Answer::Takes(Duration::from_secs(10)));
    for _ in 0..3 {
        let calls = (0..20).map(|_| ask(&world));
        let all = futures::future::join_all(calls);
        let cut = tokio::time::timeout(Duration::from_secs(5), all).await;
        assert!(cut.is_err());
        assert_eq!(in_use(&A, "first"), Some(0));
        assert_eq!(in_use(&B, "second"), Some(0));
    }
    world.mend("second");
    assert_eq!(ask(&world).await, Ok("second"));
}

static PATIENT: Failover = Failover::new("patient")
    .to(&A, "first")
    .to(&B, "second")
    .prefer_wait(Duration::from_secs(2));

#[resilient(failover = PATIENT, context = attempt, attempts = 4, backoff(jitter = "none"))]
async fn ask_patiently(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn f377_retry_that_one_account_would_defer_moves_on_to_another_target() {
    let world = World::new();
    world.set("first", Answer::Pause(Duration::from_secs(1)));
    let calls = (0..400).map(|_| ask_patiently(&world));
    let results = futures::future::join_all(calls).await;
    assert!(results.iter().all(|it| *it == Ok("second")), "{results:?}");
    let snapshot = A.snapshot_by("first").unwrap();
    assert_eq!(snapshot.waiting_retries, 0);
    let waited = world.start.elapsed();
    assert!(waited < Duration::from_secs(6), "{waited:?}");
}
