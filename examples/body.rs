//! The bodies of responses: texts of the real API, and of the gateway in front of it.

use resilient_runtime::testing::server::ReceivedRequest;
use serde_json::{Value, json};

/// The text of a response.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Completion(Box<str>),
    Usual,
    Quota,
    Given(Box<str>),
}

/// The part of a request that an answer repeats, as the real API does.
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) key: String,
}

impl Asked {
    pub(crate) fn new(id: String, request: &ReceivedRequest) -> Self {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let model = body
            .get("model")
            .and_then(Value::as_str)
            .unwrap_or("gpt-4o-mini")
            .to_owned();
        let key = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default()
            .to_owned();
        Self { id, model, key }
    }
}

impl Body {
    pub(crate) fn text(&self, status: u16, asked: &Asked) -> String {
        match self {
            Self::Completion(content) => completion(content, asked).to_string(),
            Self::Usual => usual(status, asked),
            Self::Quota => {
                let message =
                    "You exceeded your current quota, please check your plan and billing details.";
                let quota = "insufficient_quota";
                error(message, quota, None, Some(quota)).to_string()
            }
            Self::Given(text) => text.to_string(),
        }
    }
}

fn completion(content: &str, asked: &Asked) -> Value {
    json!({
        "id": format!("chatcmpl-{}", asked.id),
        "object": "chat.completion",
        "created": 1_767_225_600,
        "model": asked.model,
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": content, "refusal": null },
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21 },
    })
}

fn usual(status: u16, asked: &Asked) -> String {
    let invalid = "invalid_request_error";
    let body = match status {
        400 => error(
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
            invalid,
            Some("temperature"),
            Some("decimal_above_max_value"),
        ),
        401 => error(
            &format!(
                "Incorrect API key provided: {}. You can find your API key at https://platform.openai.com/account/api-keys.",
                masked(&asked.key)
            ),
            invalid,
            None,
            Some("invalid_api_key"),
        ),
        403 => error(
            "Country, region, or territory not supported",
            "request_forbidden",
            None,
            Some("unsupported_country_region_territory"),
        ),
        404 => error(
            &format!(
                "The model `{}` does not exist or you do not have access to it.",
                asked.model
            ),
            invalid,
            None,
            Some("model_not_found"),
        ),
        429 => error(
            "Rate limit reached for requests",
            "requests",
            None,
            Some("rate_limit_exceeded"),
        ),
        500 => error(
            "The server had an error while processing your request. Sorry about that!",
            "server_error",
            None,
            None,
        ),
        502 => return html("502 Bad Gateway"),
        503 => error(
            "The engine is currently overloaded, please try again later",
            "server_error",
            None,
            None,
        ),
        504 => return html("504 Gateway Time-out"),
        _ => error("Error", invalid, None, None),
    };
    body.to_string()
}

fn error(message: &str, kind: &str, param: Option<&str>, code: Option<&str>) -> Value {
    json!({ "error": { "message": message, "type": kind, "param": param, "code": code } })
}

fn html(title: &str) -> String {
    let end = "</body>\r\n</html>\r\n";
    let head = format!("<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n");
    format!("{head}<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n{end}")
}

/// The first eight and the last four characters, as the real API masks it.
fn masked(key: &str) -> String {
    let length = key.chars().count();
    let shown = |index: usize| index < 8 || index.saturating_add(4) >= length;
    key.chars()
        .enumerate()
        .map(|(index, char)| if shown(index) { char } else { '*' })
        .collect()
}
