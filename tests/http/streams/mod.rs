//! Functions that give a stream, over real sockets: before the first content each fault is retried,
//! and after it each is one last item. The server counts the requests.

mod faults;
mod going_on;
mod http2;

use futures::{Stream, StreamExt as _};
use reqwest::Client;
use resilient_runtime::{
    ApiError, Backoff, Budget, Class, Classify as _, Policy, ReadEvents as _, SendChecked as _,
    resilient,
    sse::{ServerEvent, openai_chat},
    testing::server::{Answer, FaultyServer, close, openai, reset, sse, status},
};
use std::time::Duration;

/// Long enough for an answer that arrives.
const IN_TIME: Duration = Duration::from_secs(1);

const QUICK: Policy = Policy::new()
    // Most calls here fail, and all share the budgets of their call sites.
    .budget(Budget::NONE)
    .attempts(3)
    .timeout(IN_TIME)
    .first(IN_TIME)
    .idle(IN_TIME)
    .backoff(Backoff::fixed(Duration::from_millis(5)));

#[resilient(policy = QUICK, content = openai_chat::is_content, last = openai_chat::is_last)]
async fn ask(
    http: &Client,
    url: &str,
) -> Result<impl Stream<Item = Result<ServerEvent, ApiError>>, ApiError> {
    Ok(http.post(url).send_checked().await?.events())
}

/// The text of the events, and the failure that ends them.
async fn read(
    stream: impl Stream<Item = Result<ServerEvent, ApiError>>,
) -> (String, Option<ApiError>) {
    let mut stream = std::pin::pin!(stream);
    let mut text = String::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(event) if event.is_done() => {}
            Ok(event) => {
                let json: serde_json::Value = event.json().unwrap();
                let delta = &json["choices"][0]["delta"];
                text.push_str(delta["content"].as_str().unwrap_or_default());
            }
            Err(error) => {
                assert!(stream.next().await.is_none(), "a failure is the last item");
                return (text, Some(error));
            }
        }
    }
    (text, None)
}

/// A fault within a stream: its name, what it adds to one, and its class.
type Fault = (&'static str, fn(Answer) -> Answer, Class);

const OVERLOADED: &str = r#"{"error": {"type": "overloaded_error", "message": "Overloaded"}}"#;
const SERVER_ERROR: &str =
    r#"{"error": {"message": "The server had an error.", "type": "server_error", "code": null}}"#;
const FAILED: &str = r#"{"type": "response.failed", "response": {"error":
    {"code": "server_error", "message": "An error occurred."}}}"#;
const FAILED_END: &str = r#"{"choices": [{"index": 0, "delta": {}, "finish_reason": "error"}]}"#;

/// Those of both protocols.
const FAULTS: &[Fault] = &[
    (
        "error event",
        |answer| answer.event("error", OVERLOADED),
        Class::Overloaded,
    ),
    (
        "error as data",
        |answer| answer.data(SERVER_ERROR),
        Class::ServerError,
    ),
    (
        "failed response",
        |answer| answer.event("response.failed", FAILED),
        Class::ServerError,
    ),
    (
        "failure as the reason of the end",
        |answer| answer.data(FAILED_END),
        Class::ServerError,
    ),
    (
        "end without the last event",
        |answer| answer,
        Class::Network,
    ),
    ("cut", Answer::cut, Class::Network),
    ("reset", Answer::reset_in_body, Class::Network),
    ("stall", Answer::stall, Class::Timeout),
    (
        "keep-alives only",
        |answer| answer.keep_alives(IN_TIME / 20),
        Class::Timeout,
    ),
    (
        "a slow end",
        |answer| answer.gap(60 * IN_TIME).data("[DONE]"),
        Class::Timeout,
    ),
];

/// The call over this client, and the number of requests that reached the server.
async fn asked(
    http: &Client,
    answers: impl IntoIterator<Item = Answer>,
) -> (Result<(String, Option<ApiError>), ApiError>, usize) {
    let server = FaultyServer::start().await;
    server.answer(answers);
    let result = match ask(http, &server.url_of("/v1")).await {
        Ok(stream) => Ok(read(stream).await),
        Err(error) => Err(error),
    };
    let requests = server.requests().await.len();
    server.assert_used_up();
    (result, requests)
}

async fn assert_retried(http: &Client, (name, fault, class): &Fault) {
    let bad = || fault(sse().comment("hello"));
    let good = openai::stream(["Hel", "lo"]);
    let (result, requests) = asked(http, [bad(), good]).await;
    let (text, failure) = result.unwrap();
    assert_eq!((text.as_str(), requests), ("Hello", 2), "{name}");
    assert!(failure.is_none(), "{name}: {failure:?}");

    let (result, requests) = asked(http, bad().times(3)).await;
    let error = result.unwrap_err();
    assert_eq!(requests, 3, "{name}");
    let classes: Vec<_> = error.history().attempts.iter().map(|it| it.class).collect();
    assert_eq!(classes, [*class; 3], "{name}");
}

async fn assert_last_item(http: &Client, (name, fault, class): &Fault) {
    let (result, requests) = asked(http, fault(openai::unfinished_stream(["Hel", "lo"]))).await;
    let (text, failure) = result.unwrap();
    assert_eq!((text.as_str(), requests), ("Hello", 1), "{name}");
    let failure = failure.unwrap();
    assert_eq!(failure.classify().class, Class::StreamBroken, "{name}");
    let last = failure.history().attempts.last().unwrap();
    assert_eq!(last.class, *class, "{name}: {last}");
    let text = failure.to_string();
    assert!(text.contains("broke after 2 items"), "{name}: {text}");
}
