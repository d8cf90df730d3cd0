//! Events of an upstream: its breaker, its refusals and its deferred retries.

use super::fixed;
use resilient_runtime::{Breaker, Policy, Upstream, call};
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
            let [from, to, pause] =
                ["from", "to", "break_duration"].map(|name| event.field(name).to_owned());
            (event.level, event.message, from, to, pause)
        })
        .collect();
    let expected = [
        (Level::WARN, "circuit opened", "closed", "open", "5s"),
        (Level::INFO, "circuit half-open", "open", "half_open", ""),
        (Level::WARN, "circuit opened", "half_open", "open", "10s"),
        (Level::INFO, "circuit half-open", "open", "half_open", ""),
        (Level::INFO, "circuit closed", "half_open", "closed", ""),
        (Level::WARN, "circuit opened", "closed", "isolated", ""),
        (Level::INFO, "circuit closed", "isolated", "closed", ""),
    ];
    let expected = expected.map(|(level, message, from, to, pause)| {
        (
            level,
            message.to_owned(),
            from.to_owned(),
            to.to_owned(),
            pause.to_owned(),
        )
    });
    assert_eq!(changes, expected);
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
