//! [`JsonEvents`].

use super::{Events, ServerEvent};
use crate::ApiError;
use futures_core::{FusedStream, Stream};
use serde_core::de::DeserializeOwned;
use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

/// The names of events that only keep a connection open.
const KEEP_ALIVES: &[&str] = &["ping", "keepalive", "keep-alive", "heartbeat"];

/// The events without a value after which other tasks have a turn.
const TURN: u8 = 128;

/// The data of the events of a response as values, from
/// [`ReadEvents::events_json`](super::ReadEvents::events_json). The first failure is the last item.
pub struct JsonEvents<T> {
    events: Events,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> JsonEvents<T> {
    pub(super) fn new(events: Events) -> Self {
        Self {
            events,
            item: PhantomData,
        }
    }

    /// The value of an event, if it is to have one.
    fn read(&self, event: &ServerEvent) -> Option<Result<T, ApiError>> {
        let data = event.data().trim_ascii();
        if data.is_empty() {
            return None;
        }
        let is_word = || !data.starts_with(['{', '[']);
        match event.json() {
            Ok(value) => Some(Ok(value)),
            Err(_) if KEEP_ALIVES.contains(&event.name()) && is_word() => None,
            Err(error) => {
                let head = self.events.head();
                Some(Err(head.decode(event.data().as_bytes(), error.into())))
            }
        }
    }
}

impl<T: DeserializeOwned> Stream for JsonEvents<T> {
    type Item = Result<T, ApiError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        for _ in 0..TURN {
            let event = match ready!(Pin::new(&mut this.events).poll_next(cx)) {
                Some(Ok(event)) => event,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            };
            if event.is_done() {
                // If the rest of the body is there, the connection can be used again.
                let _ = Pin::new(&mut this.events).poll_next(cx);
                this.events.end();
                return Poll::Ready(None);
            }
            let item = this.read(&event);
            if let Some(Err(_)) = item {
                this.events.end();
            }
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<T: DeserializeOwned> FusedStream for JsonEvents<T> {
    fn is_terminated(&self) -> bool {
        self.events.is_terminated()
    }
}

impl<T> fmt::Debug for JsonEvents<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonEvents").field(&self.events).finish()
    }
}
