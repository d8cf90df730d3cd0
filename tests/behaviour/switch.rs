//! Switches for operators: what is off, for whom, and what says so.

use resilient_runtime::{
    Backoff, Class, Concurrency, GiveUp, Hedge, Policy, Upstream, call,
    inspect::Source,
    policy_of, resilient, switch,
    testing::{Step, isolated, record, spawn},
};
use resilient_tests::{Counter, Failure, Recorder};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::Level;

const SECOND: Duration = Duration::from_secs(1);

#[resilient(name = "switched::ask", attempts = 3)]
async fn ask(counter: &Counter) -> Result<(), Failure> {
    counter.count();
    Err(Failure::status(500))
}

static SHARED: Upstream = Upstream::new("switched upstream");

#[resilient(name = "switched::through", attempts = 3, upstream = SHARED)]
async fn through(counter: &Counter) -> Result<(), Failure> {
    counter.count();
    Err(Failure::status(500))
}

/// The attempts of both functions, and why they gave up.
async fn attempts() -> [(u32, Option<GiveUp>); 2] {
    let (first, second) = (Counter::new(), Counter::new());
    let (asked, went) = (ask(&first).await, through(&second).await);
    let why = |result: Result<(), Failure>| result.unwrap_err().history().gave_up;
    [(first.get(), why(asked)), (second.get(), why(went))]
}

const ON: (u32, Option<GiveUp>) = (3, Some(GiveUp::AttemptsUsedUp));
const OFF: (u32, Option<GiveUp>) = (1, Some(GiveUp::RetriesOff));

#[resilient_runtime::test(start_paused = true)]
async fn retries_are_off_for_all_or_by_the_name_of_a_function_or_an_upstream() {
    // Before the functions have made a call.
    switch::retries().off_for("switched::ask");
    assert_eq!(attempts().await, [OFF, ON]);
    switch::retries().on_for("switched::ask");
    assert_eq!(attempts().await, [ON, ON]);
    switch::retries().off_for("switched upstream");
    assert_eq!(attempts().await, [ON, OFF]);
    switch::retries().off();
    assert!(switch::retries().is_off_for("switched::ask"));
    assert_eq!(attempts().await, [OFF, OFF]);
    // The name is still off.
    switch::retries().on();
    assert_eq!(attempts().await, [ON, OFF]);
    switch::retries().on_for("switched upstream");
    assert_eq!(attempts().await, [ON, ON]);
    assert!(!switch::retries().is_off());
}

/// Another reason says more.
#[resilient_runtime::test]
async fn a_failure_that_is_final_anyway_does_not_blame_the_switch() {
    switch::retries().off();
    let final_error = call!(Policy::new(), async {
        Err::<(), Failure>(Failure::status(400))
    });
    let once = call!(Policy::new().attempts(1), async {
        Err::<(), Failure>(Failure::status(500))
    });
    for (result, reason) in [
        (final_error.await, GiveUp::NotRetryable),
        (once.await, GiveUp::AttemptsUsedUp),
    ] {
        assert_eq!(result.unwrap_err().history().gave_up, Some(reason));
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn retries_are_off_within_a_future_and_nowhere_else() {
    let counter = Counter::new();
    let within = async {
        let _ = ask(&counter).await;
        sleep(SECOND).await;
        let _ = ask(&counter).await;
    };
    let outside = async {
        sleep(SECOND / 2).await;
        attempts().await
    };
    let ((), outside) = tokio::join!(switch::retries().off_within(within), outside);
    assert_eq!((counter.get(), outside), (2, [ON, ON]));
    // Within another one, and after one that is dropped or panics.
    let both = switch::hedges().off_within(switch::retries().off_within(attempts()));
    assert_eq!(both.await, [OFF, OFF]);
    let panics = spawn(switch::retries().off_within(async { panic!("within") }));
    assert!(panics.await.is_err());
    assert_eq!(attempts().await, [ON, ON]);
}

#[resilient_runtime::test(start_paused = true)]
async fn hedges_are_off_by_name() {
    static HEDGE: Hedge = Hedge::after(Duration::from_secs(1), 1);
    let runs = |name: &'static str| async move {
        let counter = Counter::new();
        let body = async || {
            counter.count();
            sleep(5 * SECOND).await;
            Ok::<(), Failure>(())
        };
        let direct = Policy::DEFAULT.call(name).hedge(&HEDGE).run(body);
        let (result, trace) = record(direct).await;
        result.unwrap();
        let direct = counter.get();
        SHARED.call(name).hedge(&HEDGE).run(body).await.unwrap();
        (direct, counter.get() - direct, trace)
    };
    switch::hedges().off_for("switched::hedged");
    let (direct, through, trace) = runs("switched::hedged").await;
    assert_eq!((direct, through), (1, 1));
    assert!(trace.steps().any(|it| *it == Step::NotHedged), "{trace}");
    let (direct, through, _) = runs("switched::other").await;
    assert_eq!((direct, through), (2, 2));
    switch::hedges().off_for("switched upstream");
    let (direct, through, _) = runs("switched::other").await;
    assert_eq!((direct, through), (2, 1));
    let off = switch::hedges().off_within(runs("switched::third")).await;
    assert_eq!((off.0, off.1), (1, 1));
}

#[resilient_runtime::test(start_paused = true)]
async fn an_upstream_that_is_off_refuses_new_and_waiting_calls_until_it_is_on() {
    // Known by its name only, and before it is made.
    switch::upstream("switched by name").off();
    let upstream = Upstream::new("switched by name").concurrency(Concurrency::new(1));
    let quick = || call!(upstream = &upstream, async { Ok::<(), Failure>(()) });
    let refused = quick().await.unwrap_err();
    assert_eq!(refused.class(), Class::CircuitOpen);
    let message = refused.classification.message.clone().unwrap();
    assert_eq!(message.as_str(), "switched by name is switched off");
    assert_eq!(refused.history().gave_up, Some(GiveUp::UpstreamOff));
    switch::upstream("switched by name").on();
    quick().await.unwrap();

    let start = Instant::now();
    let in_flight = call!(upstream = &upstream, async {
        sleep(10 * SECOND).await;
        Ok::<(), Failure>(())
    });
    let slow = Policy::new().backoff(Backoff::fixed(1_000 * SECOND));
    let other = Upstream::new("another");
    let in_backoff = call!(upstream = &upstream, policy = slow, async {
        Err::<(), Failure>(Failure::status(500))
    });
    let waits = async { (quick().await, start.elapsed()) };
    let retries = async { (in_backoff.await, start.elapsed()) };
    let switches = async {
        sleep(SECOND).await;
        switch::upstream("another").off();
        sleep(SECOND).await;
        switch::upstream("switched by name").off();
    };
    // The one in backoff has the permit first.
    let (retried, in_flight, waited, ()) = tokio::join!(retries, in_flight, waits, switches);
    in_flight.unwrap();
    let (error, after) = (waited.0.unwrap_err(), waited.1);
    assert_eq!((error.class(), after), (Class::CircuitOpen, 2 * SECOND));
    let (error, after) = (retried.0.unwrap_err(), retried.1);
    assert_eq!((error.class(), after), (Class::ServerError, 2 * SECOND));
    assert_eq!(error.history().gave_up, Some(GiveUp::UpstreamOff));
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
    assert!(
        call!(upstream = &other, async { Ok::<(), Failure>(()) })
            .await
            .is_err()
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn a_retry_that_waits_ends_when_retries_are_switched_off_and_nothing_else_does() {
    let one = Upstream::new("one at a time").concurrency(Concurrency::new(1));
    let slow = Policy::new().backoff(Backoff::fixed(1_000 * SECOND));
    let start = Instant::now();
    let counter = Counter::new();
    let in_backoff = async {
        let failing = call!(slow, async {
            counter.count();
            Err::<(), Failure>(Failure::status(500))
        });
        (failing.await.unwrap_err(), start.elapsed())
    };
    // A first attempt that waits for a permit, and the attempt that has it.
    let taking = || {
        call!(upstream = &one, async {
            sleep(10 * SECOND).await;
            Ok::<(), Failure>(())
        })
    };
    let switches = async {
        sleep(SECOND).await;
        switch::retries().off_for("another");
        sleep(SECOND).await;
        switch::retries().off();
    };
    let (retry, first, second, ()) = tokio::join!(in_backoff, taking(), taking(), switches);
    let (error, after) = retry;
    assert_eq!((error.class(), after), (Class::ServerError, 2 * SECOND));
    assert_eq!(error.history().gave_up, Some(GiveUp::RetriesOff));
    assert_eq!((counter.get(), error.history().attempts.len()), (1, 1));
    // The history has the wait as far as it lasted.
    assert_eq!(error.history().attempts[0].delay, Some(2 * SECOND));
    first.unwrap();
    second.unwrap();
    assert_eq!(start.elapsed(), 20 * SECOND);
}

#[resilient_runtime::test(start_paused = true)]
async fn what_is_off_says_so() {
    attempts().await;
    let (recorder, _recording) = Recorder::start();
    switch::retries().off();
    switch::retries().off();
    switch::hedges().off_for("switched::ask");
    switch::upstream("switched upstream").off();
    let [retries, hedges, upstream] = &recorder.of("switched off")[..] else {
        panic!("one line for each change");
    };
    assert_eq!(
        (retries.level, retries.field("what")),
        (Level::INFO, "retries")
    );
    assert_eq!(
        (hedges.field("what"), hedges.field("name")),
        ("hedges", "switched::ask")
    );
    assert_eq!(upstream.field("name"), "switched upstream");

    let policy = policy_of("switched::ask").unwrap();
    let shown = policy.to_string();
    assert!(
        shown.ends_with("\nretries: off (switched)\nhedges: off (switched)"),
        "{shown}"
    );
    assert_eq!(policy.source("retries"), Some(Source::Switched));
    let explained = policy.explain(Class::ServerError).to_string();
    assert!(
        explained.contains("not retried: retries are switched off"),
        "{explained}"
    );
    let shown = policy_of("switched::through").unwrap().to_string();
    assert!(shown.ends_with("\nupstream: off (switched)"), "{shown}");

    let all: Vec<String> = switch::switched_off()
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = [
        "retries: off for all",
        "hedges: off for switched::ask",
        "upstream: off for switched upstream",
    ];
    assert_eq!(all, expected);

    attempts().await;
    let given_up = recorder.of("giving up");
    let [asked, went] = &given_up[..] else {
        panic!("{given_up:?}");
    };
    assert_eq!(asked.field("reason"), "retries are switched off");
    assert!(asked.field("reason.advice").contains("switch::retries()"));
    assert_eq!(went.field("reason"), "the upstream is switched off");
    assert!(went.field("reason.advice").contains("switch::upstream"));

    switch::retries().on();
    assert_eq!(recorder.of("switched on").len(), 1);
    switch::hedges().on_for("switched::ask");
    switch::upstream("switched upstream").on();
    assert!(switch::switched_off().is_empty());
    assert_eq!(attempts().await, [ON, ON]);
}

#[resilient_runtime::test]
async fn a_switch_in_an_isolated_test_stays_there() {
    isolated(async {
        switch::retries().off();
        switch::upstream("switched upstream").off();
        assert_eq!(switch::switched_off().len(), 2);
    })
    .await;
    assert!(switch::switched_off().is_empty());
}
