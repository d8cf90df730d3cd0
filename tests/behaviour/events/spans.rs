//! The span around a call: its name, level and fields.

use super::fixed;
use resilient_runtime::{Level, Policy, Upstream, call, resilient};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn events_of_the_body_are_in_the_calls_span() {
    let (recorder, _guard) = Recorder::start();
    let call = call!(fixed(), "test::body", async {
        tracing::info!("from the body");
        tokio::task::yield_now().await;
        tracing::info!("from the body");
        Ok::<(), Failure>(())
    });
    call.await.unwrap();
    tracing::info!("outside");
    let inside = recorder.of("from the body");
    assert_eq!(inside.len(), 2);
    assert!(
        inside
            .iter()
            .all(|event| event.span["otel.name"] == "test::body")
    );
    assert!(
        recorder
            .of("outside")
            .iter()
            .all(|event| event.span.is_empty())
    );
}

#[resilient(name = "models/list", level = "debug", fields(model = %model.to_uppercase(), count = list.len(), raw = ?list))]
async fn named(model: &str, list: Vec<u32>, secret: &str) -> Result<usize, Failure> {
    Ok(list.len() + model.len() + secret.len())
}

#[tokio::test(start_paused = true)]
async fn name_level_and_fields_are_those_of_the_attribute() {
    let (recorder, _guard) = Recorder::start();
    named("gpt", vec![7, 8], "CANARY").await.unwrap();
    let spans = recorder.spans();
    let [span] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!(
        (&*span["otel.name"], &*span["level"]),
        ("models/list", "DEBUG")
    );
    assert_eq!(
        (&*span["model"], &*span["count"], &*span["raw"]),
        ("GPT", "2", "[7, 8]")
    );
    assert!(!format!("{spans:?} {:?}", recorder.events()).contains("CANARY"));
}

#[tokio::test(start_paused = true)]
async fn the_level_of_a_built_call_is_that_of_its_span() {
    let (recorder, _guard) = Recorder::start();
    for policy in [
        Policy::new(),
        Policy::new().deadline(Duration::from_secs(1)),
    ] {
        let upstream = Upstream::new("api");
        let call = policy.call("built").level(Level::Trace).upstream(&upstream);
        let result: Result<(), Failure> = call.run(async || Ok(())).await;
        result.unwrap();
    }
    let result: Result<(), Failure> = Policy::new().call("plain").run(async || Ok(())).await;
    result.unwrap();
    let spans = recorder.spans();
    let levels: Vec<_> = spans
        .iter()
        .map(|span| (&*span["otel.name"], &*span["level"]))
        .collect();
    assert_eq!(
        levels,
        [("built", "TRACE"), ("built", "TRACE"), ("plain", "INFO")]
    );
}

#[tokio::test(start_paused = true)]
async fn a_functions_name_is_its_path() {
    #[resilient]
    async fn plain() -> Result<(), Failure> {
        Ok(())
    }
    let (recorder, _guard) = Recorder::start();
    plain().await.unwrap();
    assert_eq!(
        recorder.spans().first().unwrap()["otel.name"],
        "behaviour::events::spans::plain"
    );
}
