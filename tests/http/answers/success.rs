//! Errors inside a success, and bodies that are something else than expected.

use super::headers;

use http::{HeaderMap, StatusCode};
use resilient_examples::client;
use resilient_runtime::{
    ApiError, Class, Processed, ReadChecked as _, Redacted, SendChecked as _,
    testing::server::{FaultyServer, status},
};
use serde_json::Value;
use std::collections::HashMap;

fn json(body: &str) -> Result<Value, ApiError> {
    ApiError::read_json(StatusCode::OK, &HeaderMap::new(), body.as_bytes())
}

fn text(body: &str) -> Result<String, ApiError> {
    ApiError::read_text(StatusCode::OK, &HeaderMap::new(), body.as_bytes())
}

#[test]
fn f286_an_error_inside_a_success_is_an_error_for_functions_that_read_the_body() {
    for (body, class) in [
        (
            r#"{"error": {"message": "Overloaded", "type": "overloaded_error"}}"#,
            Class::Overloaded,
        ),
        (
            r#"{"type": "error", "error": {"type": "rate_limit_error", "message": "m"}}"#,
            Class::RateLimited,
        ),
        (
            r#"{"ok": false, "error": "ratelimited"}"#,
            Class::RateLimited,
        ),
        (
            r#"{"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 5"}"#,
            Class::RateLimited,
        ),
        (
            r#"{"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}"#,
            Class::RateLimited,
        ),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "error": {"code": 429, "message": "rate limit exceeded"}}"#,
            Class::RateLimited,
        ),
    ] {
        assert_eq!(json(body).unwrap_err().failure().class, class, "{body}");
        assert_eq!(text(body).unwrap_err().failure().class, class, "{body}");
    }
    let slow =
        "<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code><Message>Reduce</Message></Error>";
    assert!(
        text(slow)
            .unwrap_err()
            .failure()
            .class
            .is_retried_by_default()
    );
    let event = "event: error\ndata: {\"error\": {\"type\": \"overloaded_error\"}}\n\n";
    assert_eq!(text(event).unwrap_err().failure().class, Class::Overloaded);
}

#[test]
fn a_result_that_speaks_of_an_error_is_a_result() {
    for body in [
        r#"{"answer": 42, "error": null}"#,
        r#"{"id": "job_1", "status": "failed", "error": {"message": "out of memory"}}"#,
        r#"{"data": {"user": null}, "errors": [{"message": "no such user"}]}"#,
        r#"{"mean": 0.5, "error": 0.02}"#,
        r#"{"error": 0.02}"#,
        r#"{"valid": false, "errors": ["the name is missing"]}"#,
        r#"[{"error": "a"}, {"error": "b"}]"#,
        r#""an error""#,
        "{}",
    ] {
        assert!(json(body).is_ok(), "{body}");
        assert!(text(body).is_ok(), "{body}");
    }
    let page = "<ListBucketResult><Key>error.log</Key></ListBucketResult>";
    assert_eq!(text(page).unwrap(), page);
}

#[test]
fn f287_json_that_does_not_fit_keeps_status_request_id_and_the_start_of_the_body() {
    let headers = headers(&[("x-request-id", "req_1")]);
    let body = b"<html><title>Sign in</title></html>";
    let error = ApiError::read_json::<Value>(StatusCode::OK, &headers, body).unwrap_err();
    let failure = error.failure();
    assert_eq!(failure.class, Class::Decode);
    assert_eq!(failure.status, Some(200));
    assert_eq!(failure.processed, Processed::Yes);
    assert_eq!(
        failure.request_id.as_ref().map(Redacted::as_str),
        Some("req_1")
    );
    assert_eq!(error.body(), Some("<html><title>Sign in</title></html>"));
    assert!(error.to_string().contains("line 1 column 1"), "{error}");
    assert!(error.help().contains("json_checked"));

    let read = ApiError::read_json::<HashMap<String, u8>>;
    let error = read(StatusCode::OK, &headers, b"{\"a\": \"b\"}").unwrap_err();
    assert_eq!(error.failure().class, Class::Decode);
    // A job's error is an error where nothing else of it fits.
    let body = br#"{"id": "1", "status": "failed", "error": {"type": "overloaded_error"}}"#;
    let error = read(StatusCode::OK, &headers, body).unwrap_err();
    assert_eq!(error.failure().class, Class::Overloaded);
}

#[test]
fn an_empty_body_is_read_into_what_may_be_empty() {
    let headers = HeaderMap::new();
    for body in [&b""[..], b" \n"] {
        ApiError::read_json::<()>(StatusCode::NO_CONTENT, &headers, body).unwrap();
        let none: Option<Value> = ApiError::read_json(StatusCode::OK, &headers, body).unwrap();
        assert!(none.is_none());
        let error = ApiError::read_json::<String>(StatusCode::OK, &headers, body).unwrap_err();
        assert!(error.to_string().contains("it is empty"), "{error}");
    }
}

#[tokio::test]
async fn json_checked_names_the_request_and_reads_a_success_of_any_length() {
    let server = FaultyServer::start().await;
    let ask = || client().post(server.url()).body("question").send_checked();

    let long = format!("[\"{}\"]", "x".repeat(1 << 20));
    server.answer(status(200).body(long));
    let found: Vec<String> = ask().await.unwrap().json_checked().await.unwrap();
    assert_eq!(found[0].len(), 1 << 20);

    server.answer(status(200).body(r#"{"error": {"type": "overloaded_error"}}"#));
    let error = ask()
        .await
        .unwrap()
        .json_checked::<Value>()
        .await
        .unwrap_err();
    assert_eq!(error.failure().class, Class::Overloaded);
    assert!(
        error.request().unwrap().starts_with("POST http"),
        "{error:#}"
    );
    assert!(error.curl().is_some());

    server.answer(status(200).body("[1, 2").cut());
    let error = ask()
        .await
        .unwrap()
        .json_checked::<Value>()
        .await
        .unwrap_err();
    assert_eq!(error.failure().class, Class::Network);
    assert!(
        error.request().unwrap().starts_with("POST http"),
        "{error:#}"
    );

    server.answer(status(503));
    let response = client().get(server.url()).send().await.unwrap();
    let error = response.text_checked().await.unwrap_err();
    assert_eq!(error.failure().class, Class::Overloaded);
}
