//! Server-sent events: a response as a stream of events, whose failures are classified.
//!
//! [`ReadEvents`] reads the responses of reqwest 0.13 and 0.12:
//!
//! ```no_run
//! use resilient_runtime::{ApiError, ReadEvents as _, SendChecked as _, sse::Events};
//!
//! async fn ask(request: reqwest::RequestBuilder) -> Result<Events, ApiError> {
//!     Ok(request.send_checked().await?.events())
//! }
//! ```
//!
//! A success by its status can still be a failure. These end the stream with an
//! [`ApiError`](crate::ApiError), which has the status and the request id of the response, and
//! after `send_checked` the request, whose secrets are blanked wherever the stream repeats them:
//!
//! | failure | class |
//! |---|---|
//! | an error event: `event: error`, `response.failed`, or data with an `error`, of any provider | as that of a response with this body, see [`Classification::from_answer`](crate::Classification::from_answer) |
//! | an error as JSON, text or a page in the place of events, or JSON between them | the same |
//! | any other body without an event | `decode` |
//! | a connection that breaks, or a body that ends within an event | `network` |
//! | data that is no JSON of the type (only [`ReadEvents::events_json`]) | `decode` |
//! | an event above 64 MiB | `decode` |
//!
//! A failure is the last item. A body that ends between two events ends the stream cleanly, even if
//! the server has not said that it is complete: `is_last` of the modules [`openai_chat`],
//! [`openai_responses`], [`anthropic`] and [`gemini`] tells these apart.
//!
//! # Format
//!
//! As in the [standard](https://html.spec.whatwg.org/multipage/server-sent-events.html): lines end
//! with LF, CR or CRLF; a byte order mark, comments, unknown fields and events without data are
//! skipped; invalid UTF-8 is replaced. Unlike there, the last event does not need an empty line if
//! its data is complete JSON or `[DONE]`. The content type of the response is not considered.

mod aside;
mod event;
mod events;
#[cfg(test)]
mod events_test;
mod failure;
mod json_events;
mod presets;
mod source;

#[cfg(feature = "async-openai-043")]
pub(crate) use failure::failure_of;

pub use event::ServerEvent;
pub use events::Events;
pub use json_events::JsonEvents;
pub use presets::{anthropic, gemini, openai_chat, openai_responses};

use crate::http::in_flight::Kept;
use serde_core::de::DeserializeOwned;
use source::Head;

/// Whether an event with this data is an error.
#[cfg(test)]
pub(super) fn is_error_data(data: &str) -> bool {
    failure::error_of(&ServerEvent::new("message", data)).is_some()
}

/// Reads a response as a stream of server-sent events. [`sse`](self) lists the failures.
pub trait ReadEvents: Sized {
    /// The events of the body, as they arrive.
    ///
    /// A response from 400 on, as without `send_checked`, gives its error as the only item.
    fn events(self) -> Events;

    /// The data of the events, parsed as JSON.
    ///
    /// `[DONE]` ends the stream, whatever follows it. Events without data are skipped, and so are
    /// keep-alives (`ping`, `keepalive`, `heartbeat`) whose data is a word or a time. Data that is
    /// no `T` ends the stream with an error of the class `decode`: if the provider may send other
    /// kinds of events, `T` should accept them.
    ///
    /// ```no_run
    /// use resilient_runtime::{ApiError, ReadEvents as _, SendChecked as _, sse::JsonEvents};
    /// use serde_json::Value;
    ///
    /// async fn ask(request: reqwest::RequestBuilder) -> Result<JsonEvents<Value>, ApiError> {
    ///     Ok(request.send_checked().await?.events_json())
    /// }
    /// ```
    fn events_json<T: DeserializeOwned>(self) -> JsonEvents<T> {
        JsonEvents::new(self.events())
    }
}

/// Both versions have the same methods, but no common trait.
macro_rules! read_events {
    ($reqwest:ident) => {
        impl ReadEvents for ::$reqwest::Response {
            fn events(mut self) -> Events {
                let head = Head {
                    status: self.status(),
                    headers: std::mem::take(self.headers_mut()),
                    url: self.url().to_string(),
                    asked: self.extensions_mut().remove::<Kept>(),
                };
                Events::new(head, Box::new(::$reqwest::Body::from(self)))
            }
        }
    };
}

#[cfg(feature = "reqwest-013")]
read_events!(reqwest);
#[cfg(feature = "reqwest-012")]
read_events!(reqwest_012);
