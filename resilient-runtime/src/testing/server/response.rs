//! The settings of an answer that is a response.

use super::{
    Answer,
    body::{End, Piece},
    fail,
};
use http::{HeaderName, HeaderValue, header};
use std::time::Duration;

/// The settings of a response, such as that of [`status`](super::status). They panic for an answer
/// that sends none, such as [`reset`](super::reset).
impl Answer {
    /// Adds a header. Without a `content-type`, it is guessed from the body.
    ///
    /// # Panics
    /// Panics if the name or the value is not valid in a header.
    #[track_caller]
    pub fn header(self, name: &str, value: &str) -> Self {
        let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value))
        else {
            fail(&format!("{name:?}: {value:?} is not a valid header"));
        };
        self.map("header", |response| {
            response.headers.append(name, value);
        })
    }

    /// Asks the client to wait: whole seconds with `Retry-After`, any other time with
    /// `retry-after-ms`, as `OpenAI` does.
    #[track_caller]
    pub fn retry_after(self, wait: Duration) -> Self {
        if wait.subsec_nanos() == 0 {
            return self.header("retry-after", &wait.as_secs().to_string());
        }
        self.header("retry-after-ms", &wait.as_millis().to_string())
    }

    /// Replaces the body.
    #[track_caller]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        self.map("body", |response| {
            response.body = vec![Piece::Bytes(body.into())];
        })
    }

    /// Replaces the body with JSON.
    ///
    /// # Panics
    /// Panics if the value cannot be written as JSON.
    #[track_caller]
    pub fn json(self, value: &impl serde_core::Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body(body).map("json", |response| {
                let json = HeaderValue::from_static("application/json");
                response.headers.insert(header::CONTENT_TYPE, json);
            }),
            Err(error) => fail(&format!("the body cannot be written as JSON: {error}")),
        }
    }

    /// Adds an event without a name to a stream of server-sent events.
    ///
    /// # Panics
    /// Panics if the answer is not of [`sse`](super::sse).
    #[track_caller]
    pub fn data(self, data: &str) -> Self {
        let data = data.replace('\n', "\ndata: ");
        let event = format!("data: {data}\n\n");
        self.push("data", Piece::Bytes(event.into_bytes()))
    }

    /// Adds an event with a name, such as `error`.
    ///
    /// # Panics
    /// Panics if the answer is not of [`sse`](super::sse).
    #[track_caller]
    pub fn event(self, name: &str, data: &str) -> Self {
        let name = Piece::Bytes(format!("event: {name}\n").into_bytes());
        self.push("event", name).data(data)
    }

    /// Adds a comment, as some servers do to keep a connection open.
    ///
    /// # Panics
    /// Panics if the answer is not of [`sse`](super::sse).
    #[track_caller]
    pub fn comment(self, text: &str) -> Self {
        let comment = format!(": {}\n\n", text.replace('\n', "\n: "));
        self.push("comment", Piece::Bytes(comment.into_bytes()))
    }

    /// Waits before the next event.
    ///
    /// # Panics
    /// Panics if the answer is not of [`sse`](super::sse).
    #[track_caller]
    pub fn gap(self, gap: Duration) -> Self {
        self.push("gap", Piece::Pause(gap))
    }

    /// Waits between the two halves of the body.
    #[track_caller]
    pub fn delay_in_body(self, delay: Duration) -> Self {
        self.map("delay_in_body", |response| response.delay_in_body = delay)
    }

    /// Waits after each byte of the body.
    #[track_caller]
    pub fn trickle(self, interval: Duration) -> Self {
        self.map("trickle", |response| response.trickle = interval)
    }

    /// Announces the whole body, sends half of it and closes the connection.
    #[track_caller]
    pub fn half_body(self) -> Self {
        self.end("half_body", End::HalfBody)
    }

    /// Sends the body and closes the connection as if more of it were missing: a stream of events
    /// that breaks off.
    #[track_caller]
    pub fn cut(self) -> Self {
        self.end("cut", End::Cut)
    }

    /// Sends the head, and the body if there is one, and then nothing more, without an end.
    #[track_caller]
    pub fn stall(self) -> Self {
        self.end("stall", End::Stall)
    }

    /// Sends the head and the body, and then resets the connection, or over HTTP/2 the stream.
    #[track_caller]
    pub fn reset_in_body(self) -> Self {
        self.end("reset_in_body", End::Reset)
    }

    /// After the events, sends a comment each `interval`, for ever: a server that is alive, and
    /// gives nothing more.
    ///
    /// # Panics
    /// Panics if the answer is not of [`sse`](super::sse).
    #[track_caller]
    pub fn keep_alives(self, interval: Duration) -> Self {
        self.push("keep_alives", Piece::Bytes(Vec::new()))
            .end("keep_alives", End::KeepAlives(interval))
    }

    /// HTTP/1: sends the body as a chunk, and then one whose size is no number.
    #[track_caller]
    pub fn malformed_chunk(self) -> Self {
        self.end("malformed_chunk", End::MalformedChunk)
    }

    /// Announces this length, whatever the body has, and closes the connection after the body.
    #[track_caller]
    pub fn content_length(self, length: u64) -> Self {
        self.map("content_length", |response| response.length = Some(length))
    }

    #[track_caller]
    fn end(self, name: &str, end: End) -> Self {
        self.map(name, |response| response.end = end)
    }

    #[track_caller]
    fn push(self, name: &str, piece: Piece) -> Self {
        self.map(name, |response| {
            if !response.is_stream {
                fail(&format!(
                    "`{name}` is for `sse()`, and the body of this answer is no stream"
                ));
            }
            response.body.push(piece);
        })
    }
}
