//! What an application makes of an answer: of a refusal, status, headers and body are kept for the error.

use reqwest::RequestBuilder;
use resilient_runtime::{Class, Classification, Classify};

/// Why there is no answer to use.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server answered with an error: what status and headers say, and the body.
    #[error("the server refused")]
    Refused(Box<Classification>, String),
    /// There was no answer, or it could not be read.
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    /// A stream ended well by HTTP's rules, but without its own last event.
    #[error("the stream is not complete")]
    Incomplete,
}

impl Failure {
    /// The body of a refusal.
    pub fn body(&self) -> &str {
        match self {
            Self::Refused(_, body) => body,
            _ => "",
        }
    }
}

impl Classify for Failure {
    fn classify(&self) -> Classification {
        match self {
            Self::Refused(known, _) => (**known).clone(),
            Self::Transport(error) => error.classify(),
            Self::Incomplete => Classification::new(Class::Network),
        }
    }
}

/// Sends a request once and reads the answer.
///
/// # Errors
/// Any answer but a success, and none.
pub async fn text(request: RequestBuilder) -> Result<String, Failure> {
    let response = request.send().await?;
    let status = response.status();
    if status.is_success() {
        return Ok(response.text().await?);
    }
    let known = Classification::from_response(status, response.headers());
    let body = response.text().await?;
    Err(Failure::Refused(Box::new(known), body))
}
