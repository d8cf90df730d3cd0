//! Calls that wait for an open breaker instead of failing fast.

use super::{BREAKER, ONCE, Outcome, PATIENT, SECOND, failing, taking};
use futures::future::join_all;
use resilient_runtime::{BreakerState, Class, Rule, Upstream, call, resilient};
use resilient_tests::{Counter, Failure, Recorder};
use std::time::Duration;
use tokio::time::{Instant, sleep};

static FLAKY: Upstream = Upstream::new("flaky").breaker(BREAKER);

#[resilient(upstream = FLAKY, attempts = 1, deadline = "none", on(circuit_open, retry = true))]
async fn patient(sent: &Counter) -> Outcome {
    sent.count();
    sleep(SECOND).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_the_breaker_are_sent_as_probes_and_after_them() {
    let (recorder, _guard) = Recorder::start();
    failing(&FLAKY).await;
    let sent = Counter::new();
    let start = Instant::now();
    let probe_first = async {
        sleep(SECOND * 109 / 10).await;
        assert_eq!(sent.get(), 1);
    };
    let (outcomes, ()) = tokio::join!(join_all((0..20).map(|_| patient(&sent))), probe_first);
    for outcome in outcomes {
        outcome.unwrap();
    }
    assert_eq!(sent.get(), 20);
    assert!(start.elapsed() < 20 * SECOND, "{:?}", start.elapsed());
    assert_eq!(recorder.of("queued")[0].field("waits_for"), "breaker");
    assert_eq!(FLAKY.snapshot().counts.queued, 20);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_the_breaker_fails_at_once_if_its_deadline_is_too_short_or_the_breaker_is_isolated()
 {
    let upstream = Upstream::new("short").breaker(BREAKER);
    failing(&upstream).await;
    let start = Instant::now();
    let short = taking(&upstream, PATIENT.deadline(5 * SECOND), SECOND).await;
    assert_eq!(short.unwrap_err().class(), Class::CircuitOpen);
    upstream.isolate();
    let isolated = taking(&upstream, PATIENT, SECOND).await;
    assert_eq!(isolated.unwrap_err().class(), Class::CircuitOpen);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_look_again_when_the_breaker_is_isolated_or_released_by_hand() {
    let upstream = Upstream::new("by hand").breaker(BREAKER);
    let start = Instant::now();
    for by_hand in [Upstream::isolate, Upstream::release] {
        upstream.release();
        failing(&upstream).await;
        let change = async {
            sleep(SECOND).await;
            by_hand(&upstream);
        };
        let (waited, ()) = tokio::join!(taking(&upstream, PATIENT, Duration::ZERO), change);
        let is_released = upstream.snapshot().breaker == Some(BreakerState::Closed);
        assert_eq!(waited.is_ok(), is_released);
    }
    // Neither has waited for the end of the break.
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[resilient(
    breaker(consecutive = 1, break_duration = "10s"),
    on(circuit_open, retry = true)
)]
async fn of_its_own(sent: &Counter) -> Outcome {
    if sent.count() == 1 {
        return Err(Failure::status(500));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_breaker_in_the_attribute_can_be_waited_for() {
    let sent = Counter::new();
    let start = Instant::now();
    of_its_own(&sent).await.unwrap();
    assert!(start.elapsed() >= 10 * SECOND, "{:?}", start.elapsed());
}

#[test]
fn a_rule_of_the_open_breaker_says_that_calls_wait_and_nothing_else() {
    assert!(PATIENT.validate().is_ok());
    for rule in [
        Rule::new().retry(false),
        Rule::new().attempts(3),
        Rule::new().retry(true).attempts(3),
        Rule::new().retry(true).initial(SECOND),
    ] {
        let mistake = ONCE.on(Class::CircuitOpen, rule).validate().unwrap_err();
        assert!(mistake.to_string().contains("circuit_open"), "{mistake}");
    }
}

/// Its retries continue once the circuit admits them.
#[tokio::test(start_paused = true)]
async fn a_retry_that_waits_for_the_breaker_is_sent_after_the_break() {
    let upstream = Upstream::new("retried").breaker(BREAKER);
    let policy = PATIENT.attempts(2);
    let sent = Counter::new();
    let start = Instant::now();
    let outcome: Outcome = call!(upstream = &upstream, policy = policy, async {
        if sent.count() == 1 {
            return Err(Failure::status(500));
        }
        Ok(())
    })
    .await;
    outcome.unwrap();
    assert!(start.elapsed() >= 10 * SECOND, "{:?}", start.elapsed());
}
