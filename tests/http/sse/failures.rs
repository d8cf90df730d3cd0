//! Errors inside a stream, of every provider and form.

use super::{events, stream};
use resilient_runtime::{
    Class, ServerWait, WaitOrigin,
    testing::server::{Answer, anthropic, sse},
};
use std::time::Duration;

/// The number of events before the failure, and its class.
async fn failure(answer: Answer) -> (usize, Option<Class>) {
    let (found, failure) = events(answer).await;
    (found.len(), failure.map(|error| error.failure().class))
}

/// The name of an event, its data, and the class of the failure.
const ERRORS: &[(&str, &str, Class)] = &[
    // OpenAI, chat and responses.
    (
        "",
        r#"{"error": {"message": "The server had an error while processing your request", "type": "server_error", "param": null, "code": null}}"#,
        Class::ServerError,
    ),
    (
        "error",
        r#"{"type": "error", "code": "rate_limit_exceeded", "message": "Rate limit reached", "param": null, "sequence_number": 3}"#,
        Class::RateLimited,
    ),
    (
        "response.failed",
        r#"{"type": "response.failed", "response": {"id": "resp_0", "status": "failed", "error": {"code": "server_error", "message": "The model failed to generate a response."}}}"#,
        Class::ServerError,
    ),
    (
        "",
        r#"{"type": "response.failed", "response": {"status": "failed", "error": {"code": "rate_limit_exceeded", "message": "x"}}}"#,
        Class::RateLimited,
    ),
    (
        "thread.run.failed",
        r#"{"id": "run_0", "object": "thread.run", "status": "failed", "last_error": {"code": "server_error", "message": "Sorry"}}"#,
        Class::ServerError,
    ),
    // Anthropic.
    (
        "error",
        r#"{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}"#,
        Class::Overloaded,
    ),
    (
        "error",
        r#"{"type": "error", "error": {"type": "api_error", "message": "Internal server error"}}"#,
        Class::ServerError,
    ),
    (
        "error",
        r#"{"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 209000 tokens > 200000 maximum"}}"#,
        Class::ContextLength,
    ),
    // Gemini.
    (
        "",
        r#"{"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}"#,
        Class::Overloaded,
    ),
    (
        "",
        r#"[{"error": {"code": 429, "message": "Resource exhausted.", "status": "RESOURCE_EXHAUSTED"}}]"#,
        Class::RateLimited,
    ),
    // OpenRouter, in the middle of a stream.
    (
        "",
        r#"{"id": "gen-0", "object": "chat.completion.chunk", "error": {"code": 502, "message": "Provider disconnected"}, "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}"#,
        Class::BadGateway,
    ),
    // vLLM, DashScope, and servers that send no JSON.
    (
        "",
        r#"{"object": "error", "message": "Internal server error", "type": "InternalServerError", "code": 500}"#,
        Class::ServerError,
    ),
    (
        "error",
        r#"{"code": "Throttling.RateQuota", "message": "Requests rate limit exceeded", "request_id": "x"}"#,
        Class::RateLimited,
    ),
    ("error", "overloaded_error", Class::Overloaded),
    (
        "error",
        "The model is currently overloaded",
        Class::Overloaded,
    ),
    // Ends whose reason is a failure: DeepSeek, Mistral, Cohere.
    (
        "",
        r#"{"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "insufficient_system_resource"}]}"#,
        Class::Overloaded,
    ),
    (
        "",
        r#"{"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}"#,
        Class::ServerError,
    ),
    (
        "message-end",
        r#"{"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "sorry"}}"#,
        Class::ServerError,
    ),
    // Dify and AG-UI.
    (
        "",
        r#"{"event": "error", "status": 429, "code": "rate_limit_error", "message": "x"}"#,
        Class::RateLimited,
    ),
    (
        "",
        r#"{"type": "RUN_ERROR", "message": "x", "code": "internal_error"}"#,
        Class::ServerError,
    ),
];

#[tokio::test]
async fn f183_an_error_event_inside_a_success_is_classified() {
    for (name, data, class) in ERRORS {
        let answer = |answer: Answer| match *name {
            "" => answer.data(data),
            name => answer.event(name, data),
        };
        let first = failure(answer(sse())).await;
        assert_eq!(first, (0, Some(*class)), "{name} {data}");
        let later = failure(answer(sse().data("one").data("two"))).await;
        assert_eq!(later, (2, Some(*class)), "{name} {data}");
    }
    let overloaded = failure(anthropic::overloaded_in_stream(["Hel", "lo"])).await;
    assert_eq!(overloaded, (4, Some(Class::Overloaded)));
}

#[tokio::test]
async fn data_that_only_speaks_of_errors_is_no_error() {
    for data in [
        r#"{"type": "response.created", "response": {"error": null, "incomplete_details": null}}"#,
        r#"{"choices": [{"delta": {"content": "\"error\": \"failed\""}}], "error": null}"#,
        r#"{"done": 10, "errors": 3, "error": false}"#,
        r#"{"error": {}, "errors": [], "error_code": 0}"#,
        r#"{"type": "response.output_item.done", "item": {"type": "mcp_call", "error": "x"}}"#,
        "an error that failed",
    ] {
        assert_eq!(failure(sse().data(data)).await, (1, None), "{data}");
    }
}

#[tokio::test]
async fn an_error_event_has_the_details_of_its_response() {
    let data = r#"{"error": {"message": "Rate limit reached. Please try again in 20s.", "code": "rate_limit_exceeded"}}"#;
    let answer = sse()
        .header("x-request-id", "req_0123")
        .data("one")
        .event("error", data);
    let (_, error) = events(answer).await;
    let error = error.unwrap();
    let failure = error.failure();
    assert_eq!(
        (failure.class, failure.status),
        (Class::RateLimited, Some(200))
    );
    assert_eq!(failure.request_id.as_ref().unwrap().as_str(), "req_0123");
    assert_eq!(
        failure.code.as_ref().unwrap().as_str(),
        "rate_limit_exceeded"
    );
    let wait = ServerWait::new(Duration::from_secs(20), WaitOrigin::Body);
    assert_eq!(failure.wait, Some(wait));
    assert!(
        error.request().unwrap().ends_with("/v1"),
        "{:?}",
        error.request()
    );
    assert!(error.body().unwrap().contains("try again"));
}

#[tokio::test]
async fn f199_an_error_in_the_place_of_events_is_no_empty_stream() {
    let page = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>";
    for (body, class) in [
        (
            r#"{"error": {"type": "overloaded_error", "message": "Overloaded"}}"#,
            Class::Overloaded,
        ),
        (
            "{\n  \"error\": {\n    \"code\": 429,\n    \"status\": \"RESOURCE_EXHAUSTED\"\n  }\n}\n",
            Class::RateLimited,
        ),
        (
            r#"[{"error": {"code": 503, "status": "UNAVAILABLE"}}]"#,
            Class::Overloaded,
        ),
        (
            r#"{"error": {"type": "overloaded_error", "message": "cut of"#,
            Class::Overloaded,
        ),
        (
            r#"{"choices": [{"message": {"content": "no stream"}}]}"#,
            Class::Decode,
        ),
        (r#"["no", "events"]"#, Class::Decode),
        (page, Class::Decode),
        (
            "upstream connect error or disconnect/reset before headers",
            Class::Decode,
        ),
        ("no event: at all\n\nand: no data\n\n", Class::Decode),
    ] {
        assert_eq!(failure(stream(body)).await, (0, Some(class)), "{body}");
        let named = failure(resilient_runtime::testing::server::ok(body)).await;
        assert_eq!(named, (0, Some(class)), "{body}");
    }
}

#[tokio::test]
async fn an_error_in_the_place_of_events_is_told_before_the_end_of_the_body() {
    let body = r#"{"error": {"type": "overloaded_error", "message": "Overloaded"}}"#;
    let stalled = tokio::time::timeout(Duration::from_secs(20), failure(stream(body).stall()));
    assert_eq!(stalled.await, Ok((0, Some(Class::Overloaded))));
}

#[tokio::test]
async fn a_stream_without_events_ends_cleanly() {
    for body in ["", "\n\n", ": comment", ": keep-alive\n\n: keep-alive\n\n"] {
        assert_eq!(failure(stream(body)).await, (0, None), "{body:?}");
    }
}

/// Between events, behind comments and other fields, in one chunk with them or with the next event,
/// and as the field `error` of llama.cpp.
#[tokio::test]
async fn f343_an_error_without_the_field_data_is_seen_wherever_it_stands() {
    let json =
        r#"{"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}"#;
    let own = r#"{"code": 503, "message": "Loading model", "type": "unavailable_error"}"#;
    for error in [
        format!("{json}\n"),
        format!(": ping\n\n{json}\n"),
        format!(": ping\n{json}\n\n"),
        format!(": ping\r\n\r\n{json}\r\n\r\n"),
        format!(":\r\r{json}\r\r"),
        format!("retry: 10\n\n{json}\n\n"),
        format!("event: error\n{json}\n\n"),
        format!("error: {json}\n\n"),
        format!(": ping\n\nerror: {own}\n\n"),
        format!("Error:{own}"),
        format!("error: {own}\n\ndata: [DONE]\n\n"),
        format!("{json}\n\ndata: [DONE]\n\n"),
        format!(": ping\n\n{json}\n\nevent: end\ndata: [DONE]\n\n"),
        "error: The model is currently overloaded\n\n".to_owned(),
    ] {
        let first = failure(stream(error.clone())).await;
        assert_eq!(first, (0, Some(Class::Overloaded)), "{error:?}");
        let later = failure(stream(format!("data: one\n\n{error}"))).await;
        assert_eq!(later, (1, Some(Class::Overloaded)), "{error:?}");
    }
    for no_error in [
        ": error: none\n\n",
        "errors: 0\n\n",
        "{\"text\": \"error: none\"}\n\n",
        "id: error\n\n",
    ] {
        let later = failure(stream(format!("data: one\n\n{no_error}data: two\n\n"))).await;
        assert_eq!(later, (2, None), "{no_error:?}");
    }
}
