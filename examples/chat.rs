//! Two calls of a remote API, as in an application.

use reqwest::{Client, RequestBuilder};
use resilient_runtime::{ApiError, ReadChecked as _, SendChecked as _, Upstream, resilient};
use serde::Deserialize;
use serde_json::json;

/// The address of the API, and the policy and retry budget that its calls share.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) base_url: String,
    pub(crate) key: String,
    pub(crate) model: String,
    pub(crate) upstream: Upstream,
}

impl Api {
    /// Asks the model. `#[resilient]` alone would do: 5 attempts of at most 60 s, exponential
    /// backoff, and waits as long as the server asks. Here the policy of the upstream keeps the
    /// demo short.
    #[resilient(upstream = self.upstream)]
    pub(crate) async fn chat(&self, prompt: &str) -> Result<String, ApiError> {
        let request = self.post("chat/completions").json(&json!({
            "model": self.model,
            "messages": [{ "role": "user", "content": prompt }],
        }));
        // For `send()` a 429 is a success; `send_checked()` reads its headers and body into an
        // error.
        // `?` ends the attempt only.
        let reply: Reply = request.send_checked().await?.json_checked().await?;
        let [choice] = reply.choices;
        Ok(choice.message.content)
    }

    /// Places an order, which must not happen twice: only requests that were not processed are
    /// retried.
    #[resilient(upstream = self.upstream, idempotent = false)]
    pub(crate) async fn order(&self, item: &str) -> Result<(), ApiError> {
        let request = self.post("orders").json(&json!({ "item": item }));
        request.send_checked().await?;
        Ok(())
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http
            .post(format!("{}/{path}", self.base_url))
            .bearer_auth(&self.key)
    }
}

#[derive(Deserialize)]
struct Reply {
    choices: [Choice; 1],
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}
