//! Answers of Anthropic, with ids, organisations and keys replaced. Each failure is named after its
//! [class](crate::Class).

use crate::testing::server::{Answer, sse, status};
use serde_json::{Value, json};

/// 200: a message that says `text`.
pub fn message(text: &str) -> Answer {
    status(200).json(&json!({
        "id": "msg_000",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": [{ "type": "text", "text": text }],
        "stop_reason": "end_turn",
        "stop_sequence": null,
        "usage": { "input_tokens": 9, "output_tokens": 12 },
    }))
}

/// 200: a message as a stream, with an event for each part of the text.
pub fn stream<'t>(parts: impl IntoIterator<Item = &'t str>) -> Answer {
    let end = json!({ "stop_reason": "end_turn", "stop_sequence": null });
    unfinished_stream(parts)
        .event(
            "content_block_stop",
            &text_of("content_block_stop", &json!({ "index": 0 })),
        )
        .event(
            "message_delta",
            &text_of("message_delta", &json!({ "delta": end })),
        )
        .event("message_stop", &text_of("message_stop", &json!({})))
}

/// 200: a stream that says this, and then that the model is overloaded.
pub fn overloaded_in_stream<'t>(parts: impl IntoIterator<Item = &'t str>) -> Answer {
    let error =
        r#"{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}"#;
    unfinished_stream(parts).event("error", error)
}

/// 200: a stream without its end, for a test that adds another one: a fault, or further events.
pub fn unfinished_stream<'t>(parts: impl IntoIterator<Item = &'t str>) -> Answer {
    let message = json!({ "message": { "id": "msg_000", "role": "assistant", "content": [] } });
    let block = json!({ "index": 0, "content_block": { "type": "text", "text": "" } });
    let mut answer = sse()
        .event("message_start", &text_of("message_start", &message))
        .event(
            "content_block_start",
            &text_of("content_block_start", &block),
        );
    for part in parts {
        let delta = json!({ "index": 0, "delta": { "type": "text_delta", "text": part } });
        answer = answer.event(
            "content_block_delta",
            &text_of("content_block_delta", &delta),
        );
    }
    answer
}

/// The data of an event, which repeats the name of the event.
fn text_of(name: &str, data: &Value) -> String {
    let mut data = data.clone();
    if let Value::Object(fields) = &mut data {
        fields.insert("type".to_owned(), json!(name));
    }
    data.to_string()
}

/// 400: a message is missing.
pub fn invalid_request() -> Answer {
    status(400).body(
        r#"{"type": "error", "error": {"type": "invalid_request_error", "message": "messages: at least one message is required"}, "request_id": "req_000"}"#,
    )
}

/// 400: the output is blocked because of its content.
pub fn content_filter() -> Answer {
    status(400).body(
        r#"{"type": "error", "error": {"type": "invalid_request_error", "message": "Output blocked by content filtering policy"}, "request_id": "req_000"}"#,
    )
}

/// 404: there is no such resource.
pub fn not_found() -> Answer {
    status(404).body(
        r#"{"type": "error", "error": {"type": "not_found_error", "message": "The requested resource could not be found."}, "request_id": "req_000"}"#,
    )
}

/// 400: no credit is left, under the status of an invalid request.
pub fn quota_exhausted() -> Answer {
    status(400).body(
        r#"{"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}, "request_id": "req_000"}"#,
    )
}

/// 504: the request took too long.
pub fn gateway_timeout() -> Answer {
    status(504).body(
        r#"{"type": "error", "error": {"type": "timeout_error", "message": "Request timed out"}, "request_id": "req_000"}"#,
    )
}
