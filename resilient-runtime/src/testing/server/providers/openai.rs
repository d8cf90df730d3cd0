//! Answers of `OpenAI`, with ids, organisations and keys replaced. Each failure is named after its
//! [class](crate::Class).

use crate::testing::server::{Answer, sse, status};
use serde_json::{Value, json};

/// 200: a chat completion that says `text`.
pub fn completion(text: &str) -> Answer {
    status(200).json(&json!({
        "id": "chatcmpl-000",
        "object": "chat.completion",
        "created": 1_767_225_600,
        "model": "gpt-4o-mini",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": text, "refusal": null },
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21 },
    }))
}

/// 200: a chat completion as a stream, with an event for each part of the text.
pub fn stream<'t>(parts: impl IntoIterator<Item = &'t str>) -> Answer {
    let last = chunk(&json!({}), &json!("stop"));
    unfinished_stream(parts).data(&last).data("[DONE]")
}

/// 200: the same without its end, for a test that adds another one: a fault, or further events.
pub fn unfinished_stream<'t>(parts: impl IntoIterator<Item = &'t str>) -> Answer {
    let mut answer = sse();
    for part in parts {
        answer = answer.data(&chunk(&json!({ "content": part }), &Value::Null));
    }
    answer
}

fn chunk(delta: &Value, reason: &Value) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": reason });
    let chunk = json!({
        "id": "chatcmpl-000",
        "object": "chat.completion.chunk",
        "created": 1_767_225_600,
        "model": "gpt-4o-mini",
        "choices": [choice],
    });
    chunk.to_string()
}

/// 400: a parameter is not valid.
pub fn invalid_request() -> Answer {
    status(400).body(
        r#"{"error": {"message": "Invalid 'user': string too long. Expected a string with maximum length 64, but got a string with length 80 instead.", "type": "invalid_request_error", "param": "user", "code": "string_above_max_length"}}"#,
    )
}

/// 400: the input is too long for the model.
pub fn context_length() -> Answer {
    status(400).body(
        r#"{"error": {"message": "This model's maximum context length is 4097 tokens. However, your messages resulted in 4294 tokens. Please reduce the length of the messages.", "type": "invalid_request_error", "param": "messages", "code": "context_length_exceeded"}}"#,
    )
}

/// 400: the prompt is refused because of its content.
pub fn content_filter() -> Answer {
    status(400).body(
        r#"{"error": {"message": "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.", "type": "invalid_request_error", "param": null, "code": "invalid_prompt"}}"#,
    )
}

/// 401: the key is not valid.
pub fn authentication() -> Answer {
    status(401).body(
        r#"{"error": {"message": "Invalid API Key", "type": "invalid_request_error", "code": "invalid_api_key"}}"#,
    )
}

/// 403: the key may not do this.
pub fn permission() -> Answer {
    status(403).body(r#"{"error": {"message": "Forbidden", "type": "invalid_request_error"}}"#)
}

/// 404: there is no such model.
pub fn not_found() -> Answer {
    status(404).body(
        r#"{"error": {"message": "That model does not exist", "type": "invalid_request_error", "param": null, "code": null}}"#,
    )
}

/// 429: too many tokens per minute; the text names a wait of 644 ms.
pub fn rate_limited() -> Answer {
    status(429).body(
        r#"{"error": {"message": "Rate limit reached for gpt-4o in organization org-X on tokens per min (TPM): Limit 30000, Used 29937, Requested 385. Please try again in 644ms.", "type": "tokens", "param": null, "code": "rate_limit_exceeded"}}"#,
    )
}

/// 429: no credit is left, which no retry changes.
pub fn quota_exhausted() -> Answer {
    status(429).body(
        r#"{"error": {"message": "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.", "type": "insufficient_quota", "param": null, "code": "insufficient_quota"}}"#,
    )
}

/// 500: an error of the server.
pub fn server_error() -> Answer {
    status(500).body(
        r#"{"error": {"message": "The server had an error processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error.", "type": "server_error", "param": null, "code": null}}"#,
    )
}

/// 429: the model is overloaded, under the status of a rate limit.
pub fn overloaded() -> Answer {
    status(429).body(
        r#"{"error": {"message": "That model is currently overloaded with other requests. You can retry your request, or contact us through our help center at help.openai.com if the error persists.", "type": "server_error", "param": null, "code": null}}"#,
    )
}

/// 504: an HTML page of the gateway.
pub fn gateway_timeout() -> Answer {
    status(504).body(r"<html><head><title>504 Gateway Time-out</title></head></html>")
}

/// 408: the request took too long.
pub fn timeout() -> Answer {
    status(408).body(r#"{"error": {"message": "Request timed out."}}"#)
}
