//! [`Events`].

use super::{
    ServerEvent,
    aside::{Aside, Meaning},
    failure::error_of,
    source::{Head, Source},
};
use crate::{ApiError, Class, http::is_failure};
use bytes::Bytes;
use futures_core::{FusedStream, Stream};
use sse_core::{SseDecoder, SseEvent};
use std::{
    fmt, io,
    num::NonZeroUsize,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// The bytes of data, name or id that an event may have.
const LARGEST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(64 * 1024 * 1024 - 1);

/// The room for data that the decoder keeps for the next event.
const KEPT: usize = 64 * 1024;

/// The chunks without an event after which other tasks have a turn.
const TURN: u8 = 32;

/// The events of a response, from [`ReadEvents::events`](super::ReadEvents::events). The first
/// failure is the last item.
///
/// Nothing is read before it is polled. Dropping it drops the response, which closes a connection
/// of HTTP/1 unless all of the body was read.
pub struct Events {
    head: Box<Head>,
    /// None after the end.
    body: Option<Box<dyn Source>>,
    decoder: SseDecoder,
    /// Bytes that the decoder has not read yet.
    chunk: Bytes,
    aside: Aside,
    /// Whether the next byte begins a line.
    is_line_start: bool,
    /// Whether there was an event.
    has_begun: bool,
    /// Whether the server has said that the stream is complete.
    is_done: bool,
}

impl Events {
    pub(super) fn new(head: Head, body: Box<dyn Source>) -> Self {
        Self {
            head: Box::new(head),
            body: Some(body),
            decoder: SseDecoder::with_limit(LARGEST),
            chunk: Bytes::new(),
            aside: Aside::of_body(),
            is_line_start: true,
            has_begun: false,
            is_done: false,
        }
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// Ends the stream and drops the body.
    pub(super) fn end(&mut self) {
        self.body = None;
        self.chunk = Bytes::new();
        self.aside.clear();
    }

    /// The next event of the bytes that are there.
    fn decode(&mut self) -> Option<Result<ServerEvent, ApiError>> {
        // An error response has no events, whatever its body looks like.
        if is_failure(self.head.status) {
            self.chunk = Bytes::new();
        }
        loop {
            match self.decoder.next(&mut self.chunk)? {
                Ok(SseEvent::Message(event)) => return Some(self.accept(event.into())),
                Ok(SseEvent::Retry(_)) => {}
                Err(error) => return Some(Err(self.head.decode(&[], Box::new(error)))),
            }
        }
    }

    fn accept(&mut self, mut event: ServerEvent) -> Result<ServerEvent, ApiError> {
        let error = self.aside.error_between();
        self.aside.clear();
        if let Some(error) = error {
            return Err(self.error_aside(&error));
        }
        self.aside.push(&self.chunk, true);
        self.has_begun = true;
        self.is_done |= event.is_done();
        if event.data_mut().capacity() > KEPT {
            // The decoder keeps as much room for the next event; its copy has none.
            self.decoder = self.decoder.clone();
        }
        match error_of(&event) {
            Some(error) => Err(self.head.failed(event.data().as_bytes(), &error)),
            None => Ok(event),
        }
    }

    /// The failure that bytes in the place of events describe.
    fn failure_aside(&self, is_all: bool) -> Option<ApiError> {
        if is_failure(self.head.status) {
            let is_known = is_all || self.aside.is_full();
            return is_known.then(|| self.head.answer(self.aside.bytes()));
        }
        if let Some(error) = is_all.then(|| self.aside.error_between()).flatten() {
            return Some(self.error_aside(&error));
        }
        match self.aside.meaning(is_all) {
            Meaning::Error => Some(self.error_aside(&self.aside)),
            Meaning::Other if !self.has_begun => Some(self.no_events()),
            _ => None,
        }
    }

    fn error_aside(&self, aside: &Aside) -> ApiError {
        let bytes = aside.bytes();
        self.head.failed(bytes, &String::from_utf8_lossy(bytes))
    }

    /// The failure of a body without events.
    fn no_events(&self) -> ApiError {
        let bytes = self.aside.bytes();
        let is_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        if !is_json {
            // The page of a gateway, or the text of one.
            let error = self.error_aside(&self.aside);
            if error.failure().class != Class::Unknown {
                return error;
            }
        }
        let error = "the body has no server-sent events: does the request ask for them, as by \
                     `\"stream\": true` or `alt=sse`?";
        self.head.decode(bytes, error.into())
    }

    /// The last item of a body that has ended.
    fn finish(&mut self) -> Option<Result<ServerEvent, ApiError>> {
        if self.is_done {
            return None;
        }
        if let Some(error) = self.failure_aside(true) {
            return Some(Err(error));
        }
        // A field and an empty line: what was begun before it shows as its name or in its data.
        let begun = !self.is_line_start;
        self.chunk = Bytes::from_static(if begun { b"\ndata\n\n" } else { b"data\n\n" });
        let has_begun = self.has_begun;
        let rest = loop {
            match self.decoder.next(&mut self.chunk)? {
                Ok(SseEvent::Message(event)) => break event,
                Ok(SseEvent::Retry(_)) => {}
                Err(_) => return Some(Err(self.cut())),
            }
        };
        let is_named = rest.event != "message";
        let mut event = ServerEvent::from(rest);
        if !event.data().is_empty() {
            // The line break before the added field.
            event.data_mut().pop();
            if event.is_complete() {
                return Some(self.accept(event));
            }
            return Some(Err(self.cut()));
        }
        if is_named || (begun && has_begun) {
            return Some(Err(self.cut()));
        }
        (!has_begun && self.aside.has_content()).then(|| Err(self.no_events()))
    }

    /// The failure of a body that cannot be read to its end: its part may say more.
    fn broken(&self, error: ApiError) -> ApiError {
        if is_failure(self.head.status) {
            return self.head.answer(self.aside.bytes());
        }
        match self.aside.meaning(true) {
            Meaning::Error => self.error_aside(&self.aside),
            _ => self.head.broken(error),
        }
    }

    /// The body ended within an event.
    fn cut(&self) -> ApiError {
        let message = "the body ended within an event";
        let error = io::Error::new(io::ErrorKind::UnexpectedEof, message);
        self.head.broken(ApiError::from_transport(error))
    }
}

impl Stream for Events {
    type Item = Result<ServerEvent, ApiError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        for _ in 0..TURN {
            if this.body.is_none() {
                return Poll::Ready(None);
            }
            if let Some(item) = this.decode() {
                if item.is_err() {
                    this.end();
                }
                return Poll::Ready(Some(item));
            }
            if let Some(error) = this.failure_aside(false) {
                this.end();
                return Poll::Ready(Some(Err(error)));
            }
            let Some(body) = &mut this.body else {
                return Poll::Ready(None);
            };
            let last = match ready!(body.poll_chunk(cx)) {
                Some(Ok(chunk)) => {
                    this.aside.push(&chunk, this.is_line_start);
                    if let Some(last) = chunk.last() {
                        this.is_line_start = matches!(last, b'\n' | b'\r');
                    }
                    this.chunk = chunk;
                    continue;
                }
                // Some servers close the connection instead of ending the body.
                Some(Err(_)) if this.is_done => None,
                Some(Err(error)) => Some(Err(this.broken(error))),
                None => this.finish(),
            };
            this.end();
            return Poll::Ready(last);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl FusedStream for Events {
    fn is_terminated(&self) -> bool {
        self.body.is_none()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("status", &self.head.status.as_u16())
            .field("is_terminated", &self.is_terminated())
            .finish_non_exhaustive()
    }
}
