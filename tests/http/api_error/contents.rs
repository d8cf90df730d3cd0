//! The fields of an `ApiError`, and calls that return it.

use super::{failure, outcome, read};
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{
    ApiError, CallError, Class, Classify, GiveUp, Rate, SendChecked, Upstream, WaitOrigin,
    resilient,
};
use std::{error::Error, time::Duration};
use tokio::net::TcpListener;

#[resilient_runtime::test(no_waits)]
async fn a_success_is_passed_on_with_its_body() {
    let answer = Answer::status(200).body(r#"{"error": {"code": "slow_down"}}"#);
    let (result, requests) = outcome([answer]).await;
    assert_eq!(result.unwrap(), r#"{"error": {"code": "slow_down"}}"#);
    assert_eq!(requests, 1);
}

#[resilient_runtime::test(no_waits)]
async fn an_api_error_keeps_class_code_wait_limits_and_request_id() {
    let answer = Answer::status(429)
        .header("x-request-id", "req_7")
        .header("retry-after", "7")
        .header("x-ratelimit-remaining-tokens", "12")
        .body(r#"{"error":{"message":"Slow down","type":"tokens","param":"messages","code":"slow_down"}}"#);
    let error = failure(answer).await;
    let found = error.failure();
    assert_eq!((found.class, found.status), (Class::Overloaded, Some(429)));
    assert_eq!(
        found
            .message
            .as_ref()
            .map(resilient_runtime::Redacted::as_str),
        Some("Slow down")
    );
    assert_eq!(
        found.code.as_ref().map(resilient_runtime::Redacted::as_str),
        Some("slow_down")
    );
    assert_eq!(
        found.kind.as_ref().map(resilient_runtime::Redacted::as_str),
        Some("tokens")
    );
    assert_eq!(
        found
            .param
            .as_ref()
            .map(resilient_runtime::Redacted::as_str),
        Some("messages")
    );
    assert_eq!(
        found
            .request_id
            .as_ref()
            .map(resilient_runtime::Redacted::as_str),
        Some("req_7")
    );
    let wait = found.wait.unwrap();
    assert_eq!(
        (wait.duration, wait.origin),
        (Duration::from_secs(7), WaitOrigin::RetryAfter)
    );
    assert_eq!(found.limits.as_ref().unwrap().tokens.remaining, Some(12));
    assert!(error.body().unwrap().contains("Slow down"));
    assert!(error.request().unwrap().starts_with("http://127.0.0.1"));
    assert!(error.source().is_none());
}

#[resilient_runtime::test(no_waits)]
async fn f23_an_exhausted_quota_is_asked_for_once() {
    let (result, requests) = outcome([Answer::quota().header("retry-after", "1")]).await;
    let error = result.unwrap_err();
    assert_eq!(error.failure().class, Class::QuotaExhausted);
    assert_eq!(error.history().gave_up, Some(GiveUp::NotRetryable));
    assert_eq!(requests, 1);
}

#[resilient_runtime::test(no_waits)]
async fn an_overload_under_another_status_is_retried_to_success() {
    let busy = Answer::status(429).body(r#"{"error":{"code":"server_is_overloaded"}}"#);
    let (result, requests) = outcome([busy, Answer::status(200).body("well")]).await;
    assert_eq!(result.unwrap(), "well");
    assert_eq!(requests, 2);
}

#[resilient_runtime::test(no_waits)]
async fn timeouts_and_refused_connections_are_api_errors_with_history() {
    let (result, requests) = outcome([Answer::hang()]).await;
    let error = result.unwrap_err();
    assert_eq!(error.failure().class, Class::Timeout);
    assert!(error.rejection().is_some());
    assert_eq!((error.history().attempts.len(), requests), (3, 3));

    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let error = read(&url).await.unwrap_err();
    assert_eq!(error.failure().class, Class::Connect);
    assert_eq!(error.history().attempts.len(), 3);
    assert!(error.source().unwrap().is::<reqwest::Error>());
    assert!(error.request().unwrap().starts_with(&url));
}

#[test]
fn f328_a_body_of_null_is_no_message() {
    let of = |body: &[u8]| {
        let status = http::StatusCode::INTERNAL_SERVER_ERROR;
        ApiError::from_answer(status, &http::HeaderMap::new(), body).to_string()
    };
    assert_eq!(of(b"null"), of(b""));
    assert_eq!(of(b" null\n"), of(b""));
    assert_ne!(of(b"nil"), of(b""));
}

fn sendable<T: Send + Sync + 'static>(_: &T) {}

#[resilient_runtime::test(no_waits)]
async fn an_api_error_keeps_its_class_inside_other_errors() {
    let error = CallError::from(failure(Answer::quota()).await);
    assert_eq!(error.classify().class, Class::QuotaExhausted);
    let boxed = ApiError::from_transport(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    assert_eq!(boxed.failure().class, Class::Network);
    sendable(&boxed);
    let anyhow = anyhow::Error::from(failure(Answer::quota()).await).context("asking");
    assert_eq!(anyhow.classify().class, Class::QuotaExhausted);
}

#[resilient_runtime::test(no_waits)]
async fn quotas_in_the_headers_of_a_success_are_recorded() {
    static UPSTREAM: Upstream = Upstream::new("taught")
        .requests(Rate::per_minute(600).burst(100))
        .tokens_per_minute(10_000);

    #[resilient(upstream = UPSTREAM, cost = 100)]
    async fn ask(url: &str) -> Result<String, ApiError> {
        Ok(client().get(url).send_checked().await?.text().await?)
    }

    let server = Server::start().await;
    let answer = Answer::ok("fine")
        .header("x-ratelimit-limit-requests", "600")
        .header("x-ratelimit-remaining-requests", "3")
        .header("x-ratelimit-reset-requests", "10s")
        .header("x-ratelimit-limit-tokens", "10000")
        .header("x-ratelimit-remaining-tokens", "2500")
        .header("x-ratelimit-reset-tokens", "45s");
    let url = server.script("test", [answer]);
    ask(&url).await.unwrap();
    let snapshot = UPSTREAM.snapshot();
    let (requests, tokens) = (snapshot.requests.unwrap(), snapshot.tokens.unwrap());
    // Some of the budget is restored by time, on the real clock.
    assert!((3..=20).contains(&requests), "{requests}");
    assert!((2_500..=3_500).contains(&tokens), "{tokens}");
}
