//! The body of a failing response, whose start is read for its classification: the caller gets all
//! of it.

use ::bytes::Bytes;
use ::http_body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// The start of a body, and what follows it.
pub(super) struct KeptBody<B, E> {
    start: Option<Bytes>,
    /// An error behind the start.
    error: Option<E>,
    rest: B,
}

impl<B, E> KeptBody<B, E> {
    pub(super) fn new(start: Bytes, error: Option<E>, rest: B) -> Self {
        let start = Some(start).filter(|start| !start.is_empty());
        Self { start, error, rest }
    }
}

impl<B, E> Body for KeptBody<B, E>
where
    B: Body<Data = Bytes, Error = E> + Unpin,
    E: Unpin,
{
    type Data = Bytes;
    type Error = E;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, E>>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        if let Some(error) = self.error.take() {
            return Poll::Ready(Some(Err(error)));
        }
        Pin::new(&mut self.rest).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_none() && self.error.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.size_hint();
        let start = self.start.as_ref().map_or(0, |start| start.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(start));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(start));
        }
        hint
    }
}
