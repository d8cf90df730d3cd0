//! The failures that leave a target, and those that end the call.

use super::{Answer, Failure, World};
use resilient_runtime::{
    Class, DelaySource, EventKind, Failover, GiveUp, History, Upstream, observe, resilient,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

static A: Upstream = Upstream::new("a");
static B: Upstream = Upstream::new("b");
static C: Upstream = Upstream::new("c");
static ABC: Failover = Failover::new("abc").to(&A, "a").to(&B, "b").to(&C, "c");

#[resilient(failover = ABC, context = attempt, backoff(jitter = "none"))]
async fn ask(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn failures_of_a_target_leave_it_and_not_the_call() {
    for class in [
        Class::Authentication,
        Class::QuotaExhausted,
        Class::Permission,
        Class::NotFound,
        Class::CannotConnect,
    ] {
        let world = World::new();
        world.set("a", Answer::Fails(class));
        assert_eq!(ask(&world).await, Ok("b"), "{class}");
        world.set("b", Answer::Fails(class));
        world.set("c", Answer::Fails(class));
        assert_eq!(
            ask(&world).await,
            Err(Failure::Of(class)),
            "each target once"
        );
        assert_eq!(world.start.elapsed(), Duration::ZERO, "{class}");
        for name in ["a", "b", "c"] {
            world.mend(name);
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(ask(&world).await, Ok("a"), "{class}");
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn failures_of_the_request_end_the_call_at_the_first_target() {
    for class in [
        Class::InvalidRequest,
        Class::ContentFilter,
        Class::ContextLength,
        Class::PaymentRefused,
        Class::Decode,
    ] {
        let world = World::new();
        world.set("a", Answer::Fails(class));
        assert_eq!(ask(&world).await, Err(Failure::Of(class)));
        assert_eq!(world.targets(), ["a"]);
    }
}

static LONG: Failover = Failover::new("long")
    .to(&A, "short")
    .to(&B, "other")
    .to(&A, "long")
    .on(Class::ContextLength, "long");

#[resilient(failover = LONG, context = attempt)]
async fn ask_long(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn class_with_a_target_of_its_own_goes_there_and_nowhere_else() {
    let world = World::new();
    world.set("short", Answer::Fails(Class::ContextLength));
    assert_eq!(ask_long(&world).await, Ok("long"));
    world.set("long", Answer::Fails(Class::ContextLength));
    assert_eq!(
        ask_long(&world).await,
        Err(Failure::Of(Class::ContextLength))
    );
    assert_eq!(world.targets(), ["short", "long", "short", "long"]);
}

#[resilient_runtime::test(start_paused = true)]
async fn each_target_is_left_at_once_only_one_time_and_then_the_schedule_paces() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.set(name, Answer::Fails(Class::ServerError));
    }
    assert_eq!(ask(&world).await, Err(Failure::Of(Class::ServerError)));
    let log = world.log().clone();
    assert_eq!(log.len(), 5, "one count of attempts: {log:?}");
    let at_once: Vec<_> = log.iter().take(3).map(|(name, _)| *name).collect();
    assert_eq!(at_once, ["a", "b", "c"]);
    assert_eq!(log[2].1, Duration::ZERO);
    assert!(log[3].1 >= Duration::from_secs(1), "{log:?}");
}

#[resilient(failover = ABC, context = attempt, idempotent = false)]
async fn order(world: &World) -> Result<&'static str, Failure> {
    world.answer(attempt.target()).await
}

#[resilient_runtime::test(start_paused = true)]
async fn f376_call_that_may_have_been_processed_is_not_repeated_at_another_target() {
    let world = World::new();
    world.set("a", Answer::Fails(Class::ServerError));
    assert_eq!(order(&world).await, Err(Failure::Of(Class::ServerError)));
    assert_eq!(world.targets(), ["a"]);
    world.set("b", Answer::Fails(Class::Connect));
    assert_eq!(
        order(&world).await,
        Ok("c"),
        "a is down, b was never reached"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn pause_that_a_server_asks_for_is_waited_for_elsewhere() {
    let world = World::new();
    world.set("a", Answer::Pause(Duration::from_secs(30)));
    for _ in 0..20 {
        assert_eq!(ask(&world).await, Ok("b"));
    }
    assert_eq!(world.count("a"), 1);
    world.mend("a");
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(ask(&world).await, Ok("a"));
}

#[derive(Debug)]
struct WithHistory(Failure, Option<History>);

impl resilient_runtime::Classify for WithHistory {
    fn classify(&self) -> resilient_runtime::Classification {
        self.0.classify()
    }

    fn attach(&mut self, history: History) {
        self.1 = Some(history);
    }
}

impl resilient_runtime::FromRejection for WithHistory {
    fn from_rejection(rejection: resilient_runtime::Rejection) -> Self {
        Self(Failure::Rejected(rejection), None)
    }
}

#[resilient(failover = ABC, context = attempt, name = "failover.history")]
async fn ask_with_history(world: &World) -> Result<&'static str, WithHistory> {
    let answer = world.answer(attempt.target()).await;
    answer.map_err(|failure| WithHistory(failure, None))
}

#[resilient_runtime::test(start_paused = true)]
async fn history_and_events_tell_the_way() {
    let world = World::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let _observation = observe(move |event: &resilient_runtime::Event<'_>| {
        let line = match &event.kind {
            EventKind::FailingOver {
                failover,
                from,
                to,
                class,
                ..
            } => format!("{failover}: {from} to {to}: {class}"),
            EventKind::TargetDown { target, class, .. } => format!("{target} down: {class}"),
            EventKind::TargetUp { target, .. } => format!("{target} up"),
            _ => return,
        };
        log.lock().unwrap().push(line);
    });
    world.set("a", Answer::Fails(Class::Connect));
    world.set("b", Answer::Fails(Class::Permission));
    world.set("c", Answer::Fails(Class::InvalidRequest));
    let error = ask_with_history(&world).await.unwrap_err();
    let history = error.1.unwrap();
    let way: Vec<_> = history
        .attempts
        .iter()
        .map(|it| (it.target.unwrap().to_string(), it.class, it.source))
        .collect();
    let moved = Some(DelaySource::OtherTarget);
    assert_eq!(
        way,
        [
            ("a/a".to_owned(), Class::Connect, moved),
            ("b/b".to_owned(), Class::Permission, moved),
            ("c/c".to_owned(), Class::InvalidRequest, None),
        ]
    );
    assert_eq!(history.gave_up, Some(GiveUp::NotRetryable));
    world.mend("a");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(&world).await, Ok("a"));
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "a/a down: connect",
            "abc: a/a to b/b: connect",
            "abc: b/b to c/c: permission",
            "a/a up",
        ]
    );
}
