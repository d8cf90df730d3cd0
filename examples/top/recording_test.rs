//! Recordings of real calls in paused time, so that every moment is exact. They are a target of
//! their own, for the observers of other tests would hear of these calls.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod counts_test;
mod fault_test;

use fault_test::Fault;
use resilient_runtime::{
    Backoff, Classification, Concurrency, Event, Hedge, Jitter, Observation, Observer as _, Policy,
    Upstream, observe,
};
use resilient_top::{
    recording::{Failure, Limits, Recorder, Recording, Step},
    traffic::call as numbered,
};
use std::{thread, time::Duration};
use tokio::{
    task::{JoinSet, LocalSet},
    time::{sleep, timeout},
};

const POLICY: Policy = Policy::new()
    .attempts(3)
    .backoff(Backoff::fixed(ms(100)).jitter(Jitter::None));

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Starts to record the calls of this thread: an observer hears of those of all tests.
fn start(limits: Limits) -> (Recorder, Observation) {
    let recorder = Recorder::start(limits);
    let (here, of_this_test) = (thread::current().id(), recorder.clone());
    let observation = observe(move |event: &Event<'_>| {
        if thread::current().id() == here {
            of_this_test.observe(event);
        }
    });
    (recorder, observation)
}

/// The recording of the calls that the future makes.
async fn recorded_within(limits: Limits, future: impl Future) -> Recording {
    let (recorder, observation) = start(limits);
    future.await;
    observation.stop();
    recorder.recording()
}

async fn recorded(future: impl Future) -> Recording {
    recorded_within(Limits::default(), future).await
}

/// A call whose first attempts fail, each after 20 ms, and whose next one succeeds after 30 ms.
async fn call(name: &'static str, failures: u32) {
    let mut left = failures;
    let call = POLICY.call::<(), Fault>(name).run(async || {
        if left == 0 {
            sleep(ms(30)).await;
            return Ok(());
        }
        left = left.saturating_sub(1);
        sleep(ms(20)).await;
        let failure = Classification::of_status(500).message("no luck");
        Err(Fault(failure))
    });
    let _ = call.await;
}

/// The times of the attempts and waits of a call in milliseconds from its start, and their names.
fn steps(recording: &Recording, call: usize) -> Vec<(u64, u64, String)> {
    let call = &recording.calls[call];
    let since = |at: u64| at.checked_sub(call.start).unwrap() / 1_000;
    let step = |step: &Step| match step {
        Step::Attempt {
            from,
            to,
            failure,
            is_dropped,
            ..
        } => {
            let failed = failure.as_ref().map(|failure| failure.class);
            let end = if *is_dropped { "dropped" } else { "ok" };
            (since(*from), since(*to), failed.unwrap_or(end).to_owned())
        }
        Step::Wait {
            reason, from, to, ..
        } => (since(*from), since(to.unwrap()), (*reason).to_owned()),
        Step::Mark { name, at, .. } => (since(*at), since(*at), (*name).to_owned()),
    };
    call.steps.iter().map(step).collect()
}

/// The failure of the first attempt of the first call.
fn first_failure(recording: &Recording) -> Failure {
    let steps = &mut recording.calls[0].steps.iter();
    let failure = steps.find_map(|step| match step {
        Step::Attempt { failure, .. } => failure.clone(),
        _ => None,
    });
    failure.unwrap()
}

fn step(from: u64, to: u64, name: &str) -> (u64, u64, String) {
    (from, to, name.to_owned())
}

#[resilient_runtime::test(start_paused = true)]
async fn attempts_and_the_waits_between_them_are_the_steps_of_a_call() {
    let recording = recorded(async {
        sleep(ms(500)).await;
        numbered(call("ask", 2)).await;
    })
    .await;
    let call = &recording.calls[0];
    assert_eq!((call.function, call.outcome), ("ask", "ok_after_retry"));
    assert_eq!((call.start, call.end), (500_000, 770_000));
    assert_eq!((call.attempts, call.idle), (3, 200_000));
    let expected = [
        step(0, 20, "server_error"),
        step(20, 120, "backoff"),
        step(120, 140, "server_error"),
        step(140, 240, "backoff"),
        step(240, 270, "ok"),
    ];
    assert_eq!(steps(&recording, 0), expected);
    let failure = first_failure(&recording);
    assert_eq!(failure.status, Some(500));
    assert_eq!(failure.message.as_deref(), Some("no luck"));
}

#[resilient_runtime::test(start_paused = true)]
async fn calls_at_the_same_time_have_rows_of_their_own() {
    let recording = recorded(async {
        tokio::join!(numbered(call("ask", 1)), numbered(call("ask", 0)), async {
            sleep(ms(5)).await;
            numbered(call("tell", 1)).await;
        });
    })
    .await;
    let names: Vec<_> = recording.calls.iter().map(|it| it.function).collect();
    assert_eq!(names, ["ask", "ask", "tell"]);
    assert_eq!(steps(&recording, 0), [step(0, 30, "ok")]);
    let retried = [
        step(0, 20, "server_error"),
        step(20, 120, "backoff"),
        step(120, 150, "ok"),
    ];
    assert_eq!(steps(&recording, 1), retried);
    assert_eq!(steps(&recording, 2), retried);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_call_inside_another_has_a_row_of_its_own() {
    let recording = recorded(numbered(POLICY.call::<(), Fault>("outer").run(
        async || {
            sleep(ms(10)).await;
            call("inner", 1).await;
            Ok(())
        },
    )))
    .await;
    let rows = recording.calls.iter().map(|it| (it.function, it.attempts));
    assert_eq!(rows.collect::<Vec<_>>(), [("outer", 1), ("inner", 2)]);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_rejected_call_has_a_mark_and_no_attempt_and_its_breaker_a_change() {
    static CLOSED: Upstream = Upstream::new("closed");
    let recording = recorded(async {
        CLOSED.isolate();
        let call = CLOSED.call::<(), Fault>("ask").run(async || Ok(()));
        let _ = numbered(call).await;
    })
    .await;
    let call = &recording.calls[0];
    assert_eq!((call.outcome, call.attempts), ("rejected", 0));
    assert_eq!(call.class, Some("circuit_open"));
    assert_eq!(steps(&recording, 0), [step(0, 0, "refused")]);
    let class = &recording.classes[0];
    assert_eq!(
        (class.class, class.attempts, class.calls),
        ("circuit_open", 0, 1)
    );
    let change = &recording.changes[0];
    assert_eq!(
        (change.line.name, change.state),
        ("circuit opened", Some("isolated"))
    );
    assert_eq!(change.line.upstream.as_deref(), Some("closed"));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_call_that_is_dropped_ends_there_with_its_attempt_or_wait() {
    let recording = recorded(async {
        let _ = timeout(ms(125), numbered(call("in an attempt", 1))).await;
        let _ = timeout(ms(50), numbered(call("in a wait", 1))).await;
    })
    .await;
    let outcomes: Vec<_> = recording.calls.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, ["cancelled", "cancelled"]);
    let expected = [
        step(0, 20, "server_error"),
        step(20, 120, "backoff"),
        step(120, 125, "dropped"),
    ];
    assert_eq!(steps(&recording, 0), expected);
    let expected = [step(0, 20, "server_error"), step(20, 50, "backoff")];
    assert_eq!(steps(&recording, 1), expected);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_wait_for_a_limit_lasts_until_the_attempt_is_sent() {
    static NARROW: Upstream = Upstream::new("narrow").concurrency(Concurrency::new(1));
    let slow = || {
        numbered(NARROW.call::<(), Fault>("ask").run(async || {
            sleep(ms(70)).await;
            Ok(())
        }))
    };
    let recording = recorded(async { tokio::join!(slow(), slow()) }).await;
    let expected = [step(0, 70, "concurrency"), step(70, 140, "ok")];
    assert_eq!(steps(&recording, 1), expected);
    assert_eq!(recording.waits[0].reason, "concurrency");
    assert_eq!(recording.waits[0].time, 70_000);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_retry_that_the_budget_defers_waits_until_it_is_released() {
    static BUSY: Upstream = Upstream::new("busy");
    let (here, mut calls) = (LocalSet::new(), JoinSet::new());
    let recording = recorded(here.run_until(async {
        for _ in 0..60 {
            calls.spawn_local(numbered(async {
                let mut left = 2_u32;
                let body = async || {
                    sleep(ms(10)).await;
                    let fails = left > 0;
                    left = left.saturating_sub(1);
                    let failure = Fault(Classification::of_status(503));
                    if fails { Err(failure) } else { Ok(()) }
                };
                let _ = BUSY
                    .call::<(), Fault>("ask")
                    .policy(&POLICY)
                    .run(body)
                    .await;
            }));
        }
        while calls.join_next().await.is_some() {}
    }))
    .await;
    let steps = recording.calls.iter().flat_map(|call| &call.steps);
    let deferred = steps.filter_map(|step| match step {
        Step::Wait {
            reason: "budget",
            from,
            to,
            by,
        } => Some((to.unwrap() > *from, by.is_some())),
        _ => None,
    });
    let deferred: Vec<_> = deferred.collect();
    assert!(deferred.len() > 10, "{}", deferred.len());
    assert!(
        deferred.iter().all(|it| *it == (true, true)),
        "{deferred:?}"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn a_hedge_is_a_mark_of_its_call() {
    static HEDGE: Hedge = Hedge::after(ms(40), 1);
    let call = POLICY.call::<(), Fault>("ask").hedge(&HEDGE).run(async || {
        sleep(ms(60)).await;
        Ok(())
    });
    let recording = recorded(numbered(call)).await;
    let expected = [step(40, 40, "hedging"), step(0, 60, "ok")];
    assert_eq!(steps(&recording, 0), expected);
    assert_eq!(recording.functions[0].hedges, 1);
}
