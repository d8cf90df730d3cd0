//! How long calls wait, and what they cost servers that are down.

use super::{Answer, Failure, World};
use resilient_runtime::{
    Class, Classification, Classify, Failover, FromRejection, Rejection, Retryable, Upstream,
    resilient,
};
use std::time::Duration;

static A: Upstream = Upstream::new("a");
static B: Upstream = Upstream::new("b");
static AB: Failover = Failover::new("ab").to(&A, "a").to(&B, "b");

#[resilient(failover = AB, context = attempt)]
async fn ask(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient(upstream = A)]
async fn ask_one(world: &World) -> Result<(), Failure> {
    world.log().push(("one", world.start.elapsed()));
    Err(Failure::Of(Class::Overloaded))
}

#[resilient_runtime::test(start_paused = true)]
async fn f379_two_targets_that_are_down_get_as_few_retries_as_two_upstreams() {
    let world = World::new();
    let one = futures::future::join_all((0..500).map(|_| ask_one(&world))).await;
    assert!(one.iter().all(Result::is_err));
    let of_one = world.log().len();
    world.log().clear();
    world.set("a", Answer::Fails(Class::Overloaded));
    world.set("b", Answer::Fails(Class::Overloaded));
    let two = futures::future::join_all((0..500).map(|_| ask(&world))).await;
    assert!(two.iter().all(Result::is_err));
    let of_two = world.log().len();
    assert!(
        of_two <= 2 * of_one + 50,
        "{of_two} requests, and {of_one} to one"
    );
}

static SLOW: Upstream = Upstream::new("slow").requests_per_minute(6);
static PREFER: Failover = Failover::new("prefer")
    .to(&SLOW, "slow")
    .to(&B, "free")
    .prefer_wait(Duration::from_secs(30));

#[resilient(failover = PREFER, deadline = "1s", context = attempt)]
async fn ask_in_a_second(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn f380_wait_for_a_better_target_ends_before_the_deadline_or_is_none() {
    let world = World::new();
    assert_eq!(ask_in_a_second(&world).await, Ok("slow"));
    for _ in 0..50 {
        assert_eq!(ask_in_a_second(&world).await, Ok("free"));
    }
    assert_eq!(world.start.elapsed(), Duration::ZERO);
}

#[resilient_runtime::test(start_paused = true)]
async fn f381_pause_of_one_target_does_not_keep_a_call_from_another_that_is_back() {
    let world = World::new();
    world.set("a", Answer::Pause(Duration::from_secs(100)));
    world.set("b", Answer::Fails(Class::Overloaded));
    let error = tokio::time::timeout(Duration::from_millis(100), ask(&world)).await;
    assert!(error.is_err(), "it waits");
    world.mend("b");
    assert_eq!(ask(&world).await, Ok("b"));
    let waited = world.start.elapsed();
    assert!(waited <= Duration::from_secs(3), "{waited:?}");
}

#[resilient_runtime::test(start_paused = true)]
async fn f381_pause_that_no_policy_waits_for_holds_nobody_up() {
    let world = World::new();
    world.set("a", Answer::Pause(Duration::from_secs(3_600)));
    world.set("b", Answer::Pause(Duration::from_secs(3_600)));
    for _ in 0..5 {
        assert!(ask(&world).await.is_err());
    }
    let waited = world.start.elapsed();
    assert!(waited <= Duration::from_secs(10), "{waited:?}");
}

static MANY: Failover = Failover::new("many").to_keys(
    &A,
    &[
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15",
    ],
);

#[resilient(failover = MANY, context = attempt)]
async fn ask_many(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn targets_that_are_left_for_good_take_no_attempts() {
    let world = World::new();
    for index in 0..15 {
        world.set(
            MANY.snapshot().targets[index].target.name(),
            Answer::Fails(Class::QuotaExhausted),
        );
    }
    assert_eq!(ask_many(&world).await, Ok("15"));
}

/// The server may have processed the order, and forbids a retry.
#[derive(Debug, PartialEq)]
struct Forbidden;

impl Classify for Forbidden {
    fn classify(&self) -> Classification {
        Classification::new(Class::ServerError).retryable(Retryable::Forbidden)
    }
}

impl FromRejection for Forbidden {
    fn from_rejection(_: Rejection) -> Self {
        Self
    }
}

#[resilient(failover = AB, idempotent = false, context = attempt)]
async fn order(world: &World) -> Result<(), Forbidden> {
    world
        .log()
        .push((attempt.target().name(), world.start.elapsed()));
    Err(Forbidden)
}

#[resilient_runtime::test(start_paused = true)]
async fn f376_word_of_a_server_against_a_retry_does_not_repeat_an_order_elsewhere() {
    let world = World::new();
    assert_eq!(order(&world).await, Err(Forbidden));
    assert_eq!(world.targets(), ["a"]);
}
