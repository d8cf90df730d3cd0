//! Callers that stay at one target.

use super::{Answer, Failure, World};
use resilient_runtime::{Class, Failover, Upstream, resilient};
use std::time::Duration;

static A: Upstream = Upstream::new("a");
static B: Upstream = Upstream::new("b");
static AB: Failover = Failover::new("ab")
    .to(&A, "first")
    .to(&B, "second")
    .sticky(Duration::from_secs(60));

#[resilient(failover = AB, key = user, context = attempt)]
async fn ask(world: &World, user: &str) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient(failover = AB, context = attempt)]
async fn ask_without_a_key(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

/// The first target is down, until it is mended and has been probed.
async fn move_to_the_second(world: &World, user: &str) {
    world.set("first", Answer::Fails(Class::Connect));
    assert_eq!(ask(world, user).await, Ok("second"));
    world.mend("first");
    tokio::time::sleep(Duration::from_secs(2)).await;
}

#[resilient_runtime::test(start_paused = true)]
async fn caller_stays_where_it_was_served_until_the_time_is_over() {
    let world = World::new();
    move_to_the_second(&world, "ann").await;
    assert_eq!(ask(&world, "ben").await, Ok("first"));
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(50)).await;
        assert_eq!(ask(&world, "ann").await, Ok("second"));
    }
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert_eq!(ask(&world, "ann").await, Ok("first"));
}

#[resilient_runtime::test(start_paused = true)]
async fn caller_leaves_a_target_that_cannot_serve() {
    let world = World::new();
    move_to_the_second(&world, "ann").await;
    world.set("second", Answer::Fails(Class::ServerError));
    assert_eq!(ask(&world, "ann").await, Ok("first"));
    world.mend("second");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        ask(&world, "ann").await,
        Ok("first"),
        "where it was served last"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn calls_without_a_key_are_those_of_one_caller() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Connect));
    assert_eq!(ask_without_a_key(&world).await, Ok("second"));
    world.mend("first");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(ask_without_a_key(&world).await, Ok("second"));
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert_eq!(ask_without_a_key(&world).await, Ok("first"));
}
