//! The target that an attempt is sent to.

use super::{Answer, Failure, World};
use resilient_runtime::{Breaker, Class, Concurrency, Failover, Rate, Target, Upstream, resilient};
use std::time::Duration;

static A: Upstream = Upstream::new("a");
static B: Upstream = Upstream::new("b");
static AB: Failover = Failover::new("ab").to(&A, "first").to(&B, "second");

#[resilient(failover = AB, context = attempt)]
async fn ask(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn f372_dead_first_target_costs_one_attempt_and_then_only_probes() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Connect));
    for _ in 0..100 {
        assert_eq!(ask(&world).await, Ok("second"));
    }
    assert_eq!(world.count("first"), 1);
    assert_eq!(world.start.elapsed(), Duration::ZERO, "nobody waits");
    // Probes after 1, 2, 4 … seconds, each by one call.
    for _ in 0..62 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        for _ in 0..10 {
            assert_eq!(ask(&world).await, Ok("second"));
        }
    }
    assert_eq!(world.count("first"), 1 + 5);
}

#[resilient_runtime::test(start_paused = true)]
async fn mended_target_serves_again_after_one_probe() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::ServerError));
    assert_eq!(ask(&world).await, Ok("second"));
    world.mend("first");
    assert_eq!(ask(&world).await, Ok("second"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..10 {
        assert_eq!(ask(&world).await, Ok("first"));
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f374_calls_at_once_probe_a_dead_target_with_one_attempt() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Connect));
    assert_eq!(ask(&world).await, Ok("second"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let calls = (0..50).map(|_| ask(&world));
    for result in futures::future::join_all(calls).await {
        assert_eq!(result, Ok("second"));
    }
    assert_eq!(world.count("first"), 2);
}

static LIMITED: Upstream = Upstream::new("limited").requests(Rate::per_second(1));
static PREFER: Failover = Failover::new("prefer")
    .to(&LIMITED, "limited")
    .to(&B, "second")
    .prefer_wait(Duration::from_secs(2));

#[resilient(failover = PREFER, context = attempt)]
async fn ask_preferring(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn short_wait_for_a_better_target_beats_another_one_and_a_long_wait_does_not() {
    let world = World::new();
    let calls = (0..5).map(|_| ask_preferring(&world));
    let results = futures::future::join_all(calls).await;
    let better = results.iter().filter(|it| **it == Ok("limited")).count();
    assert_eq!(
        (results.len(), better),
        (5, 3),
        "now, after 1 s and after 2 s"
    );
    assert!(world.start.elapsed() <= Duration::from_secs(3));
}

static BROKEN: Upstream = Upstream::new("broken").breaker(
    Breaker::new()
        .consecutive(1)
        .break_duration(Duration::from_secs(10)),
);
static ALSO_BROKEN: Upstream = Upstream::new("also broken").breaker(
    Breaker::new()
        .consecutive(1)
        .break_duration(Duration::from_secs(20)),
);
static BREAKERS: Failover = Failover::new("breakers")
    .to(&ALSO_BROKEN, "20 s")
    .to(&BROKEN, "10 s");

#[resilient(failover = BREAKERS, context = attempt, attempts = 2, deadline = "60s")]
async fn ask_breakers(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn call_waits_for_the_circuit_breaker_that_lets_it_through_first() {
    let world = World::new();
    world.set("20 s", Answer::Fails(Class::ServerError));
    world.set("10 s", Answer::Fails(Class::ServerError));
    assert_eq!(
        ask_breakers(&world).await,
        Err(Failure::Of(Class::ServerError))
    );
    world.mend("20 s");
    world.mend("10 s");
    assert_eq!(ask_breakers(&world).await, Ok("10 s"));
    let waited = world.start.elapsed();
    assert!(
        waited >= Duration::from_secs(10) && waited < Duration::from_secs(12),
        "{waited:?}"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn switched_off_upstream_is_no_target() {
    let world = World::new();
    resilient_runtime::switch::upstream("a").off();
    assert_eq!(ask(&world).await, Ok("second"));
    assert_eq!(world.targets(), ["second"]);
    resilient_runtime::switch::upstream("b").off();
    let refused = ask(&world).await.unwrap_err();
    assert_eq!(refused.class(), Class::CircuitOpen);
    resilient_runtime::switch::upstream("a").on();
    assert_eq!(ask(&world).await, Ok("first"));
}

static NARROW: Upstream = Upstream::new("narrow").concurrency(Concurrency::new(1));
static OTHER_NARROW: Upstream = Upstream::new("other narrow").concurrency(Concurrency::new(1));
static RACE: Failover = Failover::new("race")
    .to(&NARROW, "slow")
    .to(&OTHER_NARROW, "fast");

#[resilient(failover = RACE, context = attempt, timeout = "none")]
async fn ask_narrow(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn waiting_call_goes_to_the_target_that_has_room_first() {
    let world = World::new();
    world.set("slow", Answer::Takes(Duration::from_secs(60)));
    world.set("fast", Answer::Takes(Duration::from_secs(1)));
    let calls = (0..4).map(|_| ask_narrow(&world));
    let results = futures::future::join_all(calls).await;
    let fast = results.iter().filter(|it| **it == Ok("fast")).count();
    assert_eq!(fast, 3);
    assert_eq!(world.start.elapsed(), Duration::from_secs(60));
}

#[resilient_runtime::test(start_paused = true)]
async fn snapshot_says_who_serves_and_why_not() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Connect));
    ask(&world).await.unwrap();
    let snapshot = AB.snapshot();
    assert_eq!(snapshot.serving().map(Target::name), Some("second"));
    let [first, second] = &snapshot.targets[..] else {
        panic!("{snapshot:?}");
    };
    assert_eq!(first.why_not, Some("down"));
    assert_eq!(first.wait, Some(Duration::from_secs(1)));
    assert_eq!((first.attempts, first.failures, first.left), (1, 1, 1));
    assert_eq!(
        (second.attempts, second.failures, second.arrived),
        (1, 0, 1)
    );
    assert_eq!(second.why_not, None);
}
