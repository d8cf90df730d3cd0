//! A secret that is sent, echoed, wrapped, retried and reported appears nowhere, and each text of a
//! server is shown as one bounded line.

mod bodies;
mod bounds;
mod canary;
mod foreign_errors;
mod held;
mod hostile_text;
mod ordinary;
mod parts;
mod property;
mod request;
mod shortened;
mod streams;
mod unusual;

use resilient_examples::client;
use resilient_runtime::{ApiError, Policy, SendChecked, resilient};
use resilient_tests::{CANARY, Recorder};
use std::time::Duration;

/// Real sockets need the real clock, so the timeout is short.
const FAST: Policy = Policy::new()
    .attempts(2)
    .timeout(Duration::from_millis(300));

/// The secret in every part of a request that can hold one, logged at the finest level.
fn request(url: &str) -> reqwest::RequestBuilder {
    let body = format!(
        r#"{{"model": "m", "api_key": "{CANARY}", "password": "{CANARY}", "headers": {{"authorization": "Token {CANARY}"}}}}"#
    );
    client()
        .post(url)
        .header("authorization", format!("Bearer sk-proj-{CANARY}"))
        .header("x-api-key", CANARY)
        .header("api-key", CANARY)
        .header("cookie", format!("theme=dark; session={CANARY}"))
        .header("proxy-authorization", format!("Token {CANARY}"))
        .header("x-unheard-of", CANARY)
        .body(body)
}

#[resilient(policy = FAST, level = "error")]
async fn ask(url: &str) -> Result<String, ApiError> {
    Ok(request(url).send_checked().await?.text().await?)
}

fn heard(recorder: &Recorder) -> String {
    let (events, spans) = (recorder.events(), recorder.spans());
    assert!(!events.is_empty() && !spans.is_empty());
    format!("{events:?} {spans:?}")
}
