//! A response: its head, and its body in the pieces in which it is sent.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::{fmt, time::Duration};

/// A keep-alive of a stream of server-sent events, which clients skip.
pub(super) const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

#[derive(Clone, Debug)]
pub(super) enum Piece {
    Bytes(Vec<u8>),
    Pause(Duration),
}

/// The end of a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    Complete,
    HalfBody,
    Cut,
    Stall,
    Reset,
    MalformedChunk,
    /// A comment each so often, for ever.
    KeepAlives(Duration),
}

/// The length that the head announces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Length {
    Known(u64),
    /// The body itself says where it ends.
    Open,
}

#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<Piece>,
    /// A stream of server-sent events.
    pub(super) is_stream: bool,
    pub(super) end: End,
    /// The length to announce, if it is not that of the body.
    pub(super) length: Option<u64>,
    pub(super) delay_in_body: Duration,
    /// The wait after each byte.
    pub(super) trickle: Duration,
}

impl Response {
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Vec::new(),
            is_stream: false,
            end: End::Complete,
            length: None,
            delay_in_body: Duration::ZERO,
            trickle: Duration::ZERO,
        }
    }

    /// True if it is sent at once, and correct.
    pub(super) fn is_plain(&self) -> bool {
        !self.is_stream
            && self.end == End::Complete
            && self.length.is_none()
            && self.delay_in_body.is_zero()
            && self.trickle.is_zero()
    }

    /// The body without its pauses.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let bytes = self.body.iter().filter_map(|piece| match piece {
            Piece::Bytes(bytes) => Some(bytes.as_slice()),
            Piece::Pause(_) => None,
        });
        bytes.collect::<Vec<_>>().concat()
    }

    /// With a content type, as far as the first byte of the body tells it.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        let guess = match self.bytes().first() {
            _ if self.is_stream => "text/event-stream",
            Some(b'{' | b'[') => "application/json",
            Some(b'<') => "text/html",
            Some(_) => "text/plain",
            None => return headers,
        };
        let guess = HeaderValue::from_static(guess);
        headers.entry(header::CONTENT_TYPE).or_insert(guess);
        headers
    }

    pub(super) fn announced(&self) -> Length {
        if let Some(length) = self.length {
            return Length::Known(length);
        }
        let length = self.bytes().len() as u64;
        match self.end {
            End::MalformedChunk | End::KeepAlives(_) => Length::Open,
            _ if self.is_stream => Length::Open,
            End::Complete | End::HalfBody => Length::Known(length),
            End::Cut | End::Stall | End::Reset => Length::Known(length.saturating_add(1)),
        }
    }

    /// The pieces to send, with all pauses.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let total = self.bytes().len();
        let half = total / 2;
        let kept = if self.end == End::HalfBody {
            half
        } else {
            total
        };
        let mut sent: usize = 0;
        let mut pieces = Vec::new();
        for piece in &self.body {
            let bytes = match piece {
                Piece::Pause(_) => {
                    pieces.push(piece.clone());
                    continue;
                }
                Piece::Bytes(bytes) => bytes,
            };
            let bytes = bytes.get(..kept.saturating_sub(sent)).unwrap_or(bytes);
            let (first, second) = match half.checked_sub(sent) {
                Some(first) if !self.delay_in_body.is_zero() && first < bytes.len() => {
                    bytes.split_at(first)
                }
                _ => (bytes, [].as_slice()),
            };
            self.push(first, &mut pieces);
            if !second.is_empty() {
                pieces.push(Piece::Pause(self.delay_in_body));
                self.push(second, &mut pieces);
            }
            sent = sent.saturating_add(bytes.len());
        }
        pieces
    }

    fn push(&self, bytes: &[u8], pieces: &mut Vec<Piece>) {
        if self.trickle.is_zero() {
            pieces.push(Piece::Bytes(bytes.to_vec()));
        } else {
            for byte in bytes {
                pieces.push(Piece::Bytes(vec![*byte]));
                pieces.push(Piece::Pause(self.trickle));
            }
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if self.is_stream {
            f.write_str(" with events")?;
        }
        f.write_str(match self.end {
            End::Complete => "",
            End::HalfBody => " with half_body",
            End::Cut => " with cut",
            End::Stall => " with stall",
            End::Reset => " with reset_in_body",
            End::KeepAlives(_) => " with keep_alives",
            End::MalformedChunk => " with malformed_chunk",
        })
    }
}
