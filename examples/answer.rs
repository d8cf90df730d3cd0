//! The responses of the server, and their form on the wire.

use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::body::{Asked, Body};

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
        status: StatusCode,
        headers: HeaderMap,
        body: Body,
    },
    Hang,
    Break(Break),
}

/// How a connection without a complete response ends.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum Break {
    #[error("the connection is reset")]
    Reset,
    #[error("the connection is closed without an answer")]
    Empty,
    #[error("the connection is closed in the middle of a body")]
    Cut,
}

impl Answer {
    /// 200 with a chat completion that says `content`.
    pub fn ok(content: &str) -> Self {
        Self::respond(StatusCode::OK, Body::Completion(content.into()))
    }

    /// An error with the body that the real API, or for 502 and 504 its gateway, sends with this
    /// status. The 401 echoes the caller's key with its middle masked.
    ///
    /// # Panics
    /// Panics if `status` is not an HTTP status: below 100 or above 999.
    #[expect(
        clippy::expect_used,
        reason = "a script that cannot be sent is a mistake to be seen where it is written"
    )]
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("a status is a number from 100 to 999");
        Self::respond(status, Body::Usual)
    }

    /// 429 with the code `insufficient_quota`: looks like a rate limit, but no retry can succeed.
    pub fn quota() -> Self {
        Self::respond(StatusCode::TOO_MANY_REQUESTS, Body::Quota)
    }

    /// Takes the request and never answers. Ends when the client or the server goes away.
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }

    /// Takes the request and resets the connection: the client sees `ECONNRESET`.
    pub fn reset() -> Self {
        Self(Kind::Break(Break::Reset))
    }

    /// Takes the request and closes the connection properly, without a byte of a response.
    pub fn empty() -> Self {
        Self(Kind::Break(Break::Empty))
    }

    /// Sends the head of a 200 and closes the connection in the middle of the body.
    pub fn cut() -> Self {
        Self(Kind::Break(Break::Cut))
    }

    /// Adds a header; only answers with a status have any.
    ///
    /// # Panics
    /// Panics if the name or the value is not valid in an HTTP header.
    #[expect(
        clippy::expect_used,
        reason = "a script that cannot be sent is a mistake to be seen where it is written"
    )]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Respond { headers, .. } = &mut self.0 {
            let name =
                HeaderName::from_bytes(name.as_bytes()).expect("a header's name is an HTTP token");
            headers.append(
                name,
                HeaderValue::from_str(value).expect("a header's value is visible ASCII"),
            );
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

    fn respond(status: StatusCode, body: Body) -> Self {
        Self(Kind::Respond {
            status,
            headers: HeaderMap::new(),
            body,
        })
    }

    pub(crate) async fn give(self, asked: &Asked) -> Result<Response<String>, Break> {
        match self.0 {
            Kind::Respond {
                status,
                headers,
                body,
            } => Ok(response(status, headers, &body, asked)),
            Kind::Hang => std::future::pending().await,
            Kind::Break(end) => Err(end),
        }
    }
}

fn response(
    status: StatusCode,
    headers: HeaderMap,
    body: &Body,
    asked: &Asked,
) -> Response<String> {
    let text = body.text(status, asked);
    let kind = match text.bytes().next() {
        Some(b'{' | b'[') => "application/json",
        Some(b'<') => "text/html",
        _ => "text/plain",
    };
    let mut response = Response::new(text);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
        .headers_mut()
        .entry(CONTENT_TYPE)
        .or_insert(HeaderValue::from_static(kind));
    if let Ok(id) = HeaderValue::from_str(&asked.id) {
        response.headers_mut().entry("x-request-id").or_insert(id);
    }
    response
}
