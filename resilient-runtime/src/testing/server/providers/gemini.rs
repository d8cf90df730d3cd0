//! Answers of Gemini, with ids, organisations and keys replaced. Each failure is named after its
//! [class](crate::Class).

use crate::testing::server::{Answer, status};
use serde_json::json;

/// 200: content that says `text`.
pub fn content(text: &str) -> Answer {
    status(200).json(&json!({
        "candidates": [{
            "content": { "role": "model", "parts": [{ "text": text }] },
            "finishReason": "STOP",
            "index": 0,
        }],
        "usageMetadata": { "promptTokenCount": 9, "candidatesTokenCount": 12, "totalTokenCount": 21 },
        "modelVersion": "gemini-2.5-flash",
    }))
}

/// 400: the key is not valid, under the status of an invalid request.
pub fn authentication() -> Answer {
    status(400).body(
        r#"{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT", "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com", "metadata": {"service": "generativelanguage.googleapis.com"}}, {"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": "API key not valid. Please pass a valid API key."}]}}"#,
    )
}

/// 400: the location is not supported, under the status of an invalid request.
pub fn permission() -> Answer {
    status(400).body(
        r#"{"error": {"code": 400, "message": "User location is not supported for the API use.", "status": "FAILED_PRECONDITION"}}"#,
    )
}

/// 404: there is no such resource.
pub fn not_found() -> Answer {
    status(404).body(
        r#"{"error": {"code": 404, "message": "The requested resource wasn't found.", "status": "NOT_FOUND"}}"#,
    )
}

/// 429: the resource is exhausted for the moment.
pub fn rate_limited() -> Answer {
    status(429).body(
        r#"{"error": {"code": 429, "message": "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.", "status": "RESOURCE_EXHAUSTED"}}"#,
    )
}

/// 429: the quota is used up, which no retry changes.
pub fn quota_exhausted() -> Answer {
    status(429).body(
        r#"{"error": {"code": 429, "message": "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. ", "status": "RESOURCE_EXHAUSTED", "details": [{"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description": "Learn more about Gemini API quotas", "url": "https://ai.google.dev/gemini-api/docs/rate-limits"}]}]}}"#,
    )
}

/// 503: the model is overloaded.
pub fn overloaded() -> Answer {
    status(503).body(
        r#"{"error": {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}}"#,
    )
}
