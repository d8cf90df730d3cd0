//! Events of an upstream: its breaker, its refusals and its deferred retries.

use super::fixed;
use resilient_runtime::{Breaker, Policy, SlowCalls, Upstream, call};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn circuit_events_name_the_upstream_and_the_break() {
    let (recorder, _guard) = Recorder::start();
    let upstream =
        Upstream::new("openai").breaker(Breaker::new().consecutive(1).half_open_probes(2));
    let once = Policy::new().attempts(1);
    let call = async |good: bool| -> Result<(), Failure> {
        call!(upstream = &upstream, policy = once, async {
            if good {
                Ok(())
            } else {
                Err(Failure::status(500))
            }
        })
        .await
    };
    call(false).await.unwrap_err();
    // Refused calls emit no change of state.
    call(true).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(5)).await;
    call(true).await.unwrap();
    call(false).await.unwrap_err();
    tokio::time::sleep(Duration::from_secs(10)).await;
    call(true).await.unwrap();
    call(true).await.unwrap();
    upstream.isolate();
    upstream.release();
    let changes: Vec<_> = recorder
        .events()
        .into_iter()
        .filter(|event| event.message.starts_with("circuit"))
        .map(|event| {
            assert_eq!(event.field("upstream"), "openai");
            let [from, to, pause, cause] =
                ["from", "to", "break_duration", "cause"].map(|name| event.field(name).to_owned());
            (event.level, event.message, from, to, pause, cause)
        })
        .collect();
    let expected = [
        (
            Level::WARN,
            "circuit opened",
            "closed",
            "open",
            "5s",
            "consecutive_failures",
        ),
        (
            Level::INFO,
            "circuit half-open",
            "open",
            "half_open",
            "",
            "",
        ),
        (
            Level::WARN,
            "circuit opened",
            "half_open",
            "open",
            "10s",
            "consecutive_failures",
        ),
        (
            Level::INFO,
            "circuit half-open",
            "open",
            "half_open",
            "",
            "",
        ),
        (Level::INFO, "circuit closed", "half_open", "closed", "", ""),
        (
            Level::WARN,
            "circuit opened",
            "closed",
            "isolated",
            "",
            "isolated",
        ),
        (Level::INFO, "circuit closed", "isolated", "closed", "", ""),
    ];
    let expected = expected.map(|(level, message, from, to, pause, cause)| {
        (
            level,
            message.to_owned(),
            from.to_owned(),
            to.to_owned(),
            pause.to_owned(),
            cause.to_owned(),
        )
    });
    assert_eq!(changes, expected);
}

/// The log and the rejection name the cause.
#[tokio::test(start_paused = true)]
async fn f103_an_opened_circuit_names_its_cause() {
    let breaker = Breaker::new().min_calls(2).failure_ratio(0.5);
    let slow = breaker.slow(SlowCalls::new(Duration::from_secs(1), 0.5));
    for (breaker, status, cause) in [
        (breaker, Some(503), "failure_ratio"),
        (
            breaker.min_calls(9).consecutive(2),
            Some(503),
            "consecutive_failures",
        ),
        (breaker, Some(429), "quota_exhausted"),
        (slow, None, "slow_calls"),
    ] {
        let (recorder, _guard) = Recorder::start();
        let upstream = Upstream::new("openai").breaker(breaker);
        let call = async || -> Result<(), Failure> {
            call!(
                upstream = &upstream,
                policy = Policy::new().attempts(1),
                async {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                    match status {
                        None => Ok(()),
                        Some(429) => Err(Failure::of(resilient_runtime::Class::QuotaExhausted)),
                        Some(status) => Err(Failure::status(status)),
                    }
                }
            )
            .await
        };
        for _ in 0..3 {
            let _ = call().await;
        }
        let [opened] = &recorder.of("circuit opened")[..] else {
            panic!("{:?}", recorder.messages())
        };
        assert_eq!(opened.field("cause"), cause);
        let rejected = &recorder.of("giving up")[..];
        let message = rejected.last().unwrap().field("error.message");
        assert!(message.ends_with(&format!("; cause: {cause}")), "{message}");
    }
}

/// A refusal is reported once, with its reason and duration.
#[tokio::test(start_paused = true)]
async fn a_refused_call_is_an_event_with_its_class() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("limited").requests_per_minute(1);
    let call = async || -> Result<(), Failure> {
        let policy = Policy::new().deadline(Duration::from_secs(1));
        call!(upstream = &upstream, policy = policy, async { Ok(()) }).await
    };
    call().await.unwrap();
    call().await.unwrap_err();
    let [refused] = &recorder.of("giving up")[..] else {
        panic!("{:?}", recorder.messages())
    };
    assert_eq!(
        (refused.field("error.type"), refused.field("reason")),
        ("throttled", "the client-side limits leave no room in time")
    );
}

/// Two callers, one of which blocks the other.
#[tokio::test(start_paused = true)]
async fn a_deferred_retry_is_reported_when_it_waits_and_when_it_goes_or_gives_up() {
    let upstream = Upstream::new("deferred");
    let fails = async |attempts, status| {
        let policy = fixed().attempts(attempts);
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = policy, async {
            Err(Failure::status(status))
        })
        .await;
        result.unwrap_err();
    };
    // Empties the budget.
    fails(5, 503).await;
    let (recorder, _guard) = Recorder::start();
    let many = (0..20).map(|_| fails(2, 429));
    futures::future::join_all(many).await;
    let (deferred, released) = (
        recorder.of("deferring retry"),
        recorder.of("releasing retry"),
    );
    let gave_up: Vec<_> = recorder
        .of("giving up")
        .into_iter()
        .filter(|event| event.field("reason") == "the retry budget is spent")
        .collect();
    assert!(!released.is_empty() && !gave_up.is_empty());
    assert_eq!(deferred.len(), released.len() + gave_up.len());
    for event in deferred {
        assert_eq!(event.level, Level::WARN);
        assert_eq!(event.field("error.type"), "rate_limited");
        assert_eq!(event.field("http.response.status_code"), "429");
    }
    for event in released {
        assert_eq!(event.field("released.by"), "trial");
        assert!(event.field("waited").ends_with('s'));
    }
    for event in gave_up {
        assert_eq!(event.level, Level::ERROR);
    }
}
