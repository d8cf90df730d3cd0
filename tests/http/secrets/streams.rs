//! The secrets of a request, echoed in the stream that answers it.

use futures::StreamExt as _;
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Classify as _, ReadEvents as _, SendChecked as _, resilient,
    sse::{JsonEvents, ServerEvent},
    testing::server::{Answer, FaultyServer, sse},
};
use resilient_tests::{Recorder, printed, sources};
use serde_json::{Value, json};

/// Random letters of no known format, which nothing announces.
const KEY: &str = "correct-horse-battery";

fn request(url: &str) -> reqwest::RequestBuilder {
    client()
        .post(url)
        .header("x-unheard-of", KEY)
        .body(format!(r#"{{"password": "{KEY}"}}"#))
}

/// Everything that the failure of a stream shows.
fn shown(error: &ApiError) -> String {
    [
        printed(error),
        sources(error),
        format!(
            "{:?} {:?} {:?}",
            error.history(),
            error.classify(),
            error.failure()
        ),
        format!(
            "{:?} {:?} {:?}",
            error.body(),
            error.request(),
            error.curl()
        ),
        format!("{} {}", error.help(), error.user_message()),
    ]
    .concat()
}

#[resilient(level = "error", attempts = 1)]
async fn ask(url: &str) -> Result<JsonEvents<Value>, ApiError> {
    Ok(request(url).send_checked().await?.events_json())
}

fn answers() -> Vec<Answer> {
    let echo = format!("nothing is known of {KEY} here");
    let object = json!({ "error": { "message": echo, "code": echo, "type": "server_error" } });
    vec![
        sse()
            .event("message", r#"{"text": "Hi"}"#)
            .event("error", &object.to_string()),
        sse()
            .event("message", r#"{"text": "Hi"}"#)
            .event("message", &object.to_string()),
        sse()
            .event("message", r#"{"text": "Hi"}"#)
            .event("error", &echo),
        sse()
            .event("message", r#"{"text": "Hi"}"#)
            .event("message", &echo),
        resilient_runtime::testing::server::ok(object.to_string()),
        resilient_runtime::testing::server::ok(echo.clone()),
        resilient_runtime::testing::server::ok(format!(
            "<html><title>{echo}</title><body>{echo}</body></html>"
        )),
    ]
}

#[tokio::test]
async fn f342_no_secret_that_a_stream_echoes_is_shown() {
    for answer in answers() {
        let (recorder, _guard) = Recorder::start();
        let server = FaultyServer::start().await;
        server.answer(answer.times(8));
        let url = server.url_of("/v1");
        let mut found = String::new();
        match ask(&url).await {
            Ok(stream) => {
                for item in stream.collect::<Vec<_>>().await {
                    if let Err(error) = item {
                        found += &shown(&error);
                    }
                }
            }
            Err(error) => found += &shown(&error),
        }
        let events = request(&url).send_checked().await.unwrap().events();
        found.push_str(&debug(&events));
        for item in events.collect::<Vec<Result<ServerEvent, _>>>().await {
            if let Err(error) = item {
                found += &shown(&error);
            }
        }
        found.push_str(&debug(&recorder.events()));
        assert!(!found.is_empty());
        assert!(!found.contains(KEY), "{found}");
    }
}

fn debug(value: &impl std::fmt::Debug) -> String {
    format!("{value:?} {value:#?}")
}
