//! The responses of the server.

use resilient_runtime::testing::server::{self, close, hang, ok, reset, status};

use crate::body::{Asked, Body};

/// A body for one half of it.
const CUT: &str = r#"{"id":"chatcmpl-cut","object":"chat.completion","choices":[{"index":0}]}"#;

/// One answer of the [`Server`](crate::Server).
///
/// ```
/// use resilient_examples::Answer;
///
/// let script = [
///     Answer::status(429).header("retry-after", "1"),
///     Answer::reset(),
///     Answer::ok("Good morning."),
/// ];
/// # let _ = script;
/// ```
#[derive(Clone, Debug)]
pub struct Answer(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Respond {
        status: u16,
        headers: Vec<(String, String)>,
        body: Body,
    },
    Fault(fn() -> server::Answer),
}

impl Answer {
    /// 200 with a chat completion that says `content`.
    pub fn ok(content: &str) -> Self {
        Self::respond(200, Body::Completion(content.into()))
    }

    /// An error with the body that the real API, or for 502 and 504 its gateway, sends with this
    /// status. The 401 echoes the caller's key with its middle masked.
    pub fn status(status: u16) -> Self {
        Self::respond(status, Body::Usual)
    }

    /// 429 with the code `insufficient_quota`: looks like a rate limit, but no retry can succeed.
    pub fn quota() -> Self {
        Self::respond(429, Body::Quota)
    }

    /// Takes the request and never answers. Ends when the client or the server goes away.
    pub fn hang() -> Self {
        Self(Kind::Fault(hang))
    }

    /// Takes the request and resets the connection: the client sees `ECONNRESET`.
    pub fn reset() -> Self {
        Self(Kind::Fault(reset))
    }

    /// Takes the request and closes the connection properly, without a byte of a response.
    pub fn empty() -> Self {
        Self(Kind::Fault(close))
    }

    /// Sends the head of a 200 and closes the connection in the middle of the body.
    pub fn cut() -> Self {
        Self(Kind::Fault(|| ok(CUT).half_body()))
    }

    /// Adds a header; only answers with a status have any.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Respond { headers, .. } = &mut self.0 {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Replaces the body; only answers with a status have one.
    pub fn body(mut self, text: impl Into<String>) -> Self {
        if let Kind::Respond { body, .. } = &mut self.0 {
            *body = Body::Given(text.into().into());
        }
        self
    }

    fn respond(status: u16, body: Body) -> Self {
        Self(Kind::Respond {
            status,
            headers: Vec::new(),
            body,
        })
    }

    pub(crate) fn give(self, asked: &Asked) -> server::Answer {
        match self.0 {
            Kind::Respond {
                status: code,
                mut headers,
                body,
            } => {
                if !headers.iter().any(|(name, _)| name == "x-request-id") {
                    headers.push(("x-request-id".to_owned(), asked.id.clone()));
                }
                let answer = status(code).body(body.text(code, asked));
                let add = |answer: server::Answer, (name, value): &(String, String)| {
                    answer.header(name, value)
                };
                headers.iter().fold(answer, add)
            }
            Kind::Fault(fault) => fault(),
        }
    }
}
