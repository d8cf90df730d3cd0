//! Streams: retried until the first content; after it, a failure is the last item.
//!
//! # Why
//!
//! Answers of language models arrive piece by piece, and fail in the middle. A retry of a whole
//! stream shows its first pieces twice; without a retry, an error in the first event is final. A
//! stream that hangs has sent its headers in time, so no timeout ends it, and one that is cut off
//! can look like one that has ended.
//!
//! # Use
//!
//! ```
//! use futures_core::Stream;
//! use resilient_runtime::{CallError, resilient};
//! use std::io;
//!
//! struct Delta { text: String, is_final: bool }
//!
//! impl Delta {
//!     fn has_text(&self) -> bool { !self.text.is_empty() }
//!     fn is_final(&self) -> bool { self.is_final }
//! }
//!
//! type Error = CallError<io::Error>;
//!
//! #[resilient(timeout = "20s", first = "3m", idle = "2m", deadline = "15m",
//!             content = Delta::has_text, last = Delta::is_final)]
//! async fn ask(question: &str) -> Result<impl Stream<Item = Result<Delta, Error>>, Error> {
//!     open(question).await
//! }
//! # type Deltas = std::pin::Pin<Box<dyn Stream<Item = Result<Delta, Error>> + Send>>;
//! # async fn open(_: &str) -> Result<Deltas, Error> {
//! #     Err(io::Error::other("no server").into())
//! # }
//! ```
//!
//! Until the first content, an attempt reads the stream itself: an error, a stall or an end is
//! classified, retried, hedged and counted as that of any call. Items before it, at most 64, are
//! held back, so the caller sees them once. The call returns with the first content. A later
//! failure is the last item, a [`Rejection`](crate::Rejection) of class
//! [`StreamBroken`](crate::Class::StreamBroken) with the cause, the history, and the number of
//! [`items`](crate::Rejection::items) so far.
//!
//! `content` tells content from keep-alives and metadata: these extend neither `first` nor `idle`.
//! With `last`, an end without such an item is a failure. After one the stream is complete, also
//! without content: dropped or disconnected then, it has ended. The function may also return a
//! boxed stream or [`Resilient<S>`](crate::Resilient). Behind an alias, or as another type such as
//! `sse::Events`, a stream is not recognised: write `stream = true`, or `false` to retry only its
//! opening, as happens without it.
//!
//! [`resume = function`](super::resume) goes on after a stream has broken. `usage = function`, or
//! [`record_tokens`](crate::record_tokens) in the stream, tells its tokens. Of responses of
//! reqwest, `events()` makes a stream of server-sent events; the modules of `sse` have `content`,
//! `last` and `usage` of four providers. To read an `impl Stream`, pin it: `pin!(ask(..).await?)`.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `timeout`, until the stream opens | 60s |
//! | `first`, from the start of the attempt; a longer `timeout` wins | 180s |
//! | `idle` | 120s |
//! | `deadline`, of the whole stream | none |
//! | `content` | every item |
//! | `last` | none: any end is one |
//! | `resume` | none |
//!
//! # Events
//!
//! `stream opened` for each attempt that opens one, `first content` with the time until it, and
//! then `stream ended`, `stream dropped`, `resuming stream` or `stream broken`, with `items`. A
//! failure before the first content is `attempt failed`. The circuit breaker hears a success at the
//! first content; if the stream breaks, a failure takes its place, so breaks add up. The permit of
//! a concurrency limit is held until the stream ends or is dropped.
//!
//! # What it will not do
//!
//! - It does not retry after the first content: the caller has seen a part of the answer. The
//!   history says so: [`GiveUp::Begun`](crate::GiveUp::Begun). It writes no prompt of its own.
//! - It does not count the time between an item and the next poll. One that has polled and turns
//!   away still waits; back more than 1 s after the end of `idle`, its `idle` begins again.
//! - It does not end a stream that nobody polls, which keeps its permit: drop it.
//! - It holds back 64 items at most: with more before the content, the stream begins.
//! - A fallback is not called for a stream that breaks, and cannot answer for an `impl Stream`.
