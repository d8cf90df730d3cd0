//! The answers of a [`FaultyServer`](super::FaultyServer), as scripts name them.

use super::{ReceivedRequest, body::Response, fail};
use http::StatusCode;
use std::{fmt, iter, sync::Arc, time::Duration};

/// One answer: a response, or a fault of the connection. The [module](super) has a table of all.
///
/// As an iterator it is one answer, so that [`FaultyServer::answer`](super::FaultyServer::answer)
/// takes one or more.
#[derive(Clone, Debug)]
#[must_use = "an answer is sent only if a script has it"]
pub struct Answer {
    pub(super) kind: Kind,
    pub(super) delay: Duration,
    /// For how many requests it still is; at least one.
    pub(super) times: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Response(Response),
    Function(Function),
    Hang,
    Reset,
    Close,
    GoAway,
    RefusedStream,
}

/// 200 with this body.
pub fn ok(body: impl Into<Vec<u8>>) -> Answer {
    status(200).body(body)
}

/// A response with this status and an empty body.
///
/// # Panics
/// Panics if `status` is not an HTTP status from 200 to 999.
#[track_caller]
pub fn status(status: u16) -> Answer {
    match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => {
            Answer::of(Kind::Response(Response::new(status)))
        }
        _ => fail(&format!("{status} is not a status from 200 to 999")),
    }
}

/// 200 with a stream of server-sent events: [`data`](Answer::data), [`event`](Answer::event) and
/// [`gap`](Answer::gap) add to it.
///
/// ```
/// use resilient_runtime::testing::server::sse;
/// use std::time::Duration;
///
/// let broken = sse()
///     .data(r#"{"delta": "Hel"}"#)
///     .gap(Duration::from_millis(20))
///     .event("error", r#"{"type": "overloaded_error"}"#);
/// let silent = sse().data(r#"{"delta": "Hel"}"#).stall();
/// # drop((broken, silent));
/// ```
pub fn sse() -> Answer {
    status(200).map("sse", |response| response.is_stream = true)
}

/// The answer that a function gives to the request: for a server with a state, or one that repeats
/// what it was sent. If the function panics, the connection is closed.
///
/// ```
/// # use resilient_runtime::testing::server::{FaultyServer, ok, respond, status};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let server = FaultyServer::start().await;
/// server.otherwise(respond(|request| match request.header("authorization") {
///     Some("Bearer key") => ok(request.body.clone()),
///     _ => status(401),
/// }));
/// # }
/// ```
pub fn respond(function: impl Fn(&ReceivedRequest) -> Answer + Send + Sync + 'static) -> Answer {
    Answer::of(Kind::Function(Function(Arc::new(function))))
}

/// Takes the request and never answers. Ends when the client or the server goes away.
pub fn hang() -> Answer {
    Answer::of(Kind::Hang)
}

/// Takes the request and resets the connection: the client sees `ECONNRESET`.
pub fn reset() -> Answer {
    Answer::of(Kind::Reset)
}

/// Takes the request and closes the connection, without a byte of an answer.
pub fn close() -> Answer {
    Answer::of(Kind::Close)
}

/// HTTP/2: a GOAWAY that says that the request was not processed, as from a server that is
/// restarted. Also ends all other requests of the connection.
pub fn goaway() -> Answer {
    Answer::of(Kind::GoAway)
}

/// HTTP/2: a reset of the stream with `REFUSED_STREAM`, which says that the request was not
/// processed.
pub fn refused_stream() -> Answer {
    Answer::of(Kind::RefusedStream)
}

type Respond = dyn Fn(&ReceivedRequest) -> Answer + Send + Sync;

#[derive(Clone)]
pub(super) struct Function(Arc<Respond>);

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("respond")
    }
}

impl Answer {
    fn of(kind: Kind) -> Self {
        Self {
            kind,
            delay: Duration::ZERO,
            times: 1,
        }
    }

    /// This answer, or that of its function.
    pub(super) fn to(self, request: &ReceivedRequest) -> Self {
        let Kind::Function(Function(function)) = &self.kind else {
            return self;
        };
        let answer = function(request).to(request);
        let delay = answer.delay.saturating_add(self.delay);
        answer.delay(delay)
    }

    /// The answer to a request that the test has not foreseen: no client retries it.
    pub(super) fn mistake(message: &str) -> Self {
        let error = serde_json::json!({ "type": "faulty_server", "message": message });
        let body = serde_json::json!({ "error": error });
        status(400).json(&body)
    }

    /// Sends it to so many requests.
    ///
    /// # Panics
    /// Panics if `times` is zero.
    #[track_caller]
    pub fn times(mut self, times: usize) -> Self {
        if times == 0 {
            fail("an answer is for at least one request: `times(0)` has to go, or the answer");
        }
        self.times = times;
        self
    }

    /// Waits before the head, or before the fault.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    #[track_caller]
    pub(super) fn map(mut self, name: &str, change: impl FnOnce(&mut Response)) -> Self {
        match &mut self.kind {
            Kind::Response(response) => change(response),
            _ => fail(&format!(
                "`{name}` is for a response, as of `status(..)`; `{self}` sends none"
            )),
        }
        self
    }
}

impl IntoIterator for Answer {
    type Item = Self;
    type IntoIter = iter::Once<Self>;

    fn into_iter(self) -> Self::IntoIter {
        iter::once(self)
    }
}

/// As in the messages of a script that was not used up.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Response(response) => write!(f, "{response}")?,
            Kind::Function(_) => f.write_str("respond")?,
            Kind::Hang => f.write_str("hang")?,
            Kind::Reset => f.write_str("reset")?,
            Kind::Close => f.write_str("close")?,
            Kind::GoAway => f.write_str("goaway")?,
            Kind::RefusedStream => f.write_str("refused_stream")?,
        }
        if self.times > 1 {
            write!(f, " ({} times)", self.times)?;
        }
        Ok(())
    }
}
