//! Two calls of a remote API as a user of the library writes them.

use reqwest::{Client, RequestBuilder};
use resilient_runtime::{ApiError, SendChecked as _, Upstream, resilient};
use serde::Deserialize;
use serde_json::json;

/// Where to ask, and what its calls share: their policy and their retry budget.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) base_url: String,
    pub(crate) key: String,
    pub(crate) model: String,
    pub(crate) upstream: Upstream,
}

impl Api {
    /// Asks the model. `#[resilient]` alone would do: 5 attempts of 60 s, exponential backoff, and the
    /// server's own word on when to come back. Here the upstream has the numbers, since the demo is in a hurry.
    #[resilient(upstream = self.upstream)]
    pub(crate) async fn chat(&self, prompt: &str) -> Result<String, ApiError> {
        let request = self.post("chat/completions").json(&json!({
            "model": self.model,
            "messages": [{ "role": "user", "content": prompt }],
        }));
        // Where `send()` calls a 429 a success, `send_checked()` reads its headers and body into an error.
        // `?` ends the attempt only.
        let reply: Reply = request.send_checked().await?.json().await?;
        let [choice] = reply.choices;
        Ok(choice.message.content)
    }

    /// Orders something. That must not happen twice, so only what was surely not processed is repeated.
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
