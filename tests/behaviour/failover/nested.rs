//! A failover inside an attempt or a fallback of the same failover.

use super::{Answer, Failure, World};
use resilient_runtime::{Class, Failover, Upstream, resilient};

static A: Upstream = Upstream::new("a");
static B: Upstream = Upstream::new("b");
static AB: Failover = Failover::new("ab").to(&A, "first").to(&B, "second");

#[resilient(failover = AB, context = attempt, attempts = 2)]
async fn inner(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient(failover = AB, context = attempt, attempts = 2, repeat_nested = true)]
async fn outer(world: &World) -> Result<&'static str, Failure> {
    let _ = attempt.target();
    inner(world).await
}

#[resilient_runtime::test(start_paused = true)]
async fn call_inside_an_attempt_stays_at_the_target_of_the_attempt() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Authentication));
    assert_eq!(outer(&world).await, Ok("second"));
    assert_eq!(world.targets(), ["first", "second"]);
}

async fn again(world: &World, _: Failure) -> Result<&'static str, Failure> {
    inner(world).await
}

#[resilient(failover = AB, context = attempt, attempts = 2, fallback = again)]
async fn with_fallback(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn f373_fallback_does_not_start_the_same_targets_anew() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Authentication));
    world.set("second", Answer::Fails(Class::Authentication));
    let error = with_fallback(&world).await.unwrap_err();
    assert_eq!(world.targets(), ["first", "second"], "each of them once");
    let Failure::Rejected(rejection) = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        rejection.to_string(),
        "no target of ab can serve: \
            a/first: not tried again in this call, or in one around it; \
            b/second: not tried again in this call, or in one around it"
    );
}

async fn elsewhere(world: &World, _: Failure) -> Result<&'static str, Failure> {
    third(world).await
}

static C: Upstream = Upstream::new("c");
static THIRD: Failover = Failover::new("third").to(&C, "third");

#[resilient(failover = THIRD, context = attempt)]
async fn third(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient(failover = AB, context = attempt, attempts = 2, fallback = elsewhere)]
async fn with_other_fallback(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn fallback_may_use_another_failover() {
    let world = World::new();
    world.set("first", Answer::Fails(Class::Authentication));
    world.set("second", Answer::Fails(Class::Authentication));
    assert_eq!(with_other_fallback(&world).await, Ok("third"));
}
