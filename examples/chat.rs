//! Two calls of a remote API as a user of the library writes them, and the error type that they share.

use reqwest::{Client, RequestBuilder, Response};
use resilient_runtime::{Class, Classification, Classify, Policy, Rejection, resilient};
use serde_json::{Value, json};

/// Where to ask, and how patiently.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) base_url: String,
    pub(crate) key: String,
    pub(crate) model: String,
    pub(crate) policy: Policy,
}

impl Api {
    /// Asks the model. `#[resilient]` alone would do: 5 attempts of 60 s, exponential backoff, and the
    /// server's own word on when to come back. Here the numbers are a field, since the demo is in a hurry.
    #[resilient(policy = self.policy)]
    pub(crate) async fn chat(&self, prompt: &str) -> Result<String, ApiError> {
        let body = json!({
            "model": self.model,
            "messages": [{ "role": "user", "content": prompt }],
        });
        let request = self.post("chat/completions").json(&body);
        let reply: Value = checked(request.send().await?).await?.json().await?; // `?` ends the attempt only
        let content = reply
            .pointer("/choices/0/message/content")
            .and_then(Value::as_str);
        content.map(str::to_owned).ok_or(ApiError::NoContent)
    }

    /// Orders something. That must not happen twice, so only what was surely not processed is repeated.
    #[resilient(policy = self.policy, idempotent = false)]
    pub(crate) async fn order(&self, item: &str) -> Result<(), ApiError> {
        let request = self.post("orders").json(&json!({ "item": item }));
        checked(request.send().await?).await?;
        Ok(())
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http
            .post(format!("{}/{path}", self.base_url))
            .bearer_auth(&self.key)
    }
}

/// Turns an error status into an [`ApiError`] while headers and body are still at hand: `error_for_status()` would
/// lose both, and with them how long to wait and whether waiting helps at all.
async fn checked(response: Response) -> Result<Response, ApiError> {
    if response.status().is_success() {
        return Ok(response);
    }
    let mut known = Classification::from_response(response.status(), response.headers());
    let body: Value = response.json().await.unwrap_or_default();
    if let Some(message) = body.pointer("/error/message").and_then(Value::as_str) {
        known = known.message(message);
    }
    if let Some(code) = body.pointer("/error/code").and_then(Value::as_str) {
        known = known.code(code);
        if code == "insufficient_quota" {
            known.class = Class::QuotaExhausted; // a 429 like a rate limit, but no wait will help
        }
    }
    Err(ApiError::Refused(Box::new(known)))
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The server answered with an error.
    #[error("the server refused: {}", .0.message.as_deref().unwrap_or("it does not say why"))]
    Refused(Box<Classification>),
    /// The reply has no text in it.
    #[error("the reply has no content")]
    NoContent,
    /// The request could not be sent, or the reply not be read.
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    /// The library ended the attempt or the call: it took too long.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

impl Classify for ApiError {
    fn classify(&self) -> Classification {
        match self {
            Self::Refused(known) => (**known).clone(),
            Self::NoContent => {
                Classification::new(Class::Decode).message("the reply has no content")
            }
            Self::Transport(error) => error.classify(),
            Self::Rejected(rejection) => rejection.classification(),
        }
    }
}
