//! The level of `giving up` where a fallback answers in the place of the call.

use super::fixed;
use resilient_runtime::{Breaker, Class, Classification, Policy, Upstream, resilient};
use resilient_tests::{Failure, Recorder};
use tracing::Level;

#[resilient(attempts = 1, fallback = zero)]
async fn answered(status: u16) -> Result<u16, Failure> {
    Err(Failure::status(status))
}

#[resilient(attempts = 1, fallback(overloaded = zero))]
async fn answered_if_overloaded(status: u16) -> Result<u16, Failure> {
    Err(Failure::status(status))
}

async fn zero(_: u16, _: Failure) -> Result<u16, Failure> {
    Ok(0)
}

fn levels(recorder: &Recorder) -> Vec<Level> {
    let ends = recorder.of("giving up");
    ends.into_iter().map(|end| end.level).collect()
}

#[tokio::test(start_paused = true)]
async fn giving_up_is_a_warning_where_a_fallback_answers() {
    let (recorder, _guard) = Recorder::start();
    assert_eq!(answered(500).await.unwrap(), 0);
    assert_eq!(answered_if_overloaded(503).await.unwrap(), 0);
    let built = fixed().attempts(2);
    let built = built.call("built").fallback(async |_: Failure| Ok(0));
    let result: Result<u16, Failure> = built.run(async || Err(Failure::status(500))).await;
    assert_eq!(result.unwrap(), 0);
    assert_eq!(levels(&recorder), [Level::WARN; 3]);
    assert_eq!(recorder.of("falling back").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn giving_up_is_a_warning_where_a_fallback_answers_a_rejection() {
    let upstream = Upstream::new("open").breaker(Breaker::new().consecutive(1));
    let call = async || -> Result<u16, Failure> {
        let call = upstream.call("open").fallback(async |_: Failure| Ok(0));
        call.run(async || Err(Failure::status(404))).await
    };
    upstream.isolate();
    let (recorder, _guard) = Recorder::start();
    assert_eq!(call().await.unwrap(), 0);
    assert_eq!(
        recorder.of("giving up")[0].field("error.type"),
        "circuit_open"
    );
    assert_eq!(levels(&recorder), [Level::WARN]);
}

#[tokio::test(start_paused = true)]
async fn giving_up_is_an_error_where_the_fallback_is_for_another_class() {
    let (recorder, _guard) = Recorder::start();
    answered_if_overloaded(500).await.unwrap_err();
    assert_eq!(levels(&recorder), [Level::ERROR]);
}

#[tokio::test(start_paused = true)]
async fn giving_up_is_an_error_where_a_failing_success_has_no_fallback() {
    let (recorder, _guard) = Recorder::start();
    let result: Result<u16, Failure> = Policy::new()
        .attempts(1)
        .call("failing_success")
        .classify_ok(|_: &u16| Some(Classification::new(Class::Overloaded)))
        .fallback(async |_: Failure| Ok(0))
        .run(async || Ok(503))
        .await;
    assert_eq!(result.unwrap(), 503);
    assert_eq!(levels(&recorder), [Level::ERROR]);
}

#[tokio::test(start_paused = true)]
async fn giving_up_is_an_error_in_a_fallback_that_calls_its_own_function() {
    #[resilient(attempts = 1, fallback = again)]
    async fn fails(status: u16) -> Result<u16, Failure> {
        Err(Failure::status(status))
    }

    async fn again(status: u16, _: Failure) -> Result<u16, Failure> {
        Box::pin(fails(status)).await
    }

    let (recorder, _guard) = Recorder::start();
    fails(500).await.unwrap_err();
    assert_eq!(levels(&recorder), [Level::WARN, Level::ERROR]);
}
