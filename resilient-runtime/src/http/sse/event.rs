//! [`ServerEvent`].

use crate::http::json::Json;
use serde_core::de::Deserialize;
use sse_core::MessageEvent;
use std::{borrow::Cow, sync::Arc};

/// A server-sent event.
///
/// ```
/// use resilient_runtime::sse::{ServerEvent, anthropic};
///
/// let event = ServerEvent::new("message_stop", r#"{"type": "message_stop"}"#);
/// assert!(anthropic::is_last(&event));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerEvent {
    name: Cow<'static, str>,
    data: String,
    id: Option<Arc<str>>,
}

impl ServerEvent {
    /// An event as a server sends it, for tests. The name of one without a name is `message`.
    pub fn new(name: impl Into<String>, data: impl Into<String>) -> Self {
        Self {
            name: Cow::Owned(name.into()),
            data: data.into(),
            id: None,
        }
    }

    /// The name: the field `event`, or `message` if the server gave none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The data, without its last line break. It is empty for some keep-alives.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The data, without a copy.
    pub fn into_data(self) -> String {
        self.data
    }

    /// The last id that the server gave, with this event or one before it.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The data parsed as JSON; a `T` may borrow from it.
    ///
    /// # Errors
    /// The data is no JSON, or no `T`.
    pub fn json<'t, T: Deserialize<'t>>(&'t self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.data)
    }

    /// Whether this is `[DONE]`, by which `OpenAI` and others end a stream.
    pub fn is_done(&self) -> bool {
        self.data.trim_ascii() == "[DONE]"
    }

    /// Whether the data is JSON that shows its own end, or `[DONE]`.
    pub(super) fn is_complete(&self) -> bool {
        let shows_its_end = self.data.trim_ascii().starts_with(['{', '[', '"']);
        self.is_done() || (shows_its_end && self.value().is_some())
    }

    /// The data, if it is JSON.
    pub(super) fn value(&self) -> Option<Json<'_>> {
        Json::read(&self.data)
    }

    pub(super) fn data_mut(&mut self) -> &mut String {
        &mut self.data
    }
}

impl From<MessageEvent> for ServerEvent {
    fn from(event: MessageEvent) -> Self {
        Self {
            name: event.event,
            data: event.data,
            id: event.last_event_id,
        }
    }
}
