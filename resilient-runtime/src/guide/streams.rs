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
//! boxed stream or [`Resilient<S>`](crate::Resilient); with `stream = true` the stream may be
//! behind an alias, and with `stream = false` only its opening is retried.
//!
//! `resume = function` goes on after a stream has broken: the function takes clones of the
//! arguments, the error, and what the body kept with
//! [`attempt.keep(..)`](crate::AttemptContext::keep), such as the text so far, and returns another
//! stream, whose items follow. It is called once, or `resume(function, max = 2)` times, if a retry
//! could heal the cause and the retry budget pays.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `timeout`, until the stream opens | 60s |
//! | `first` | 180s |
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
//! a concurrency limit is held until the stream ends or is dropped;
//! [`record_tokens`](crate::record_tokens) counts also within the stream.
//!
//! # What it will not do
//!
//! - It does not retry after the first content: the caller has seen a part of the answer. The
//!   history says so: [`GiveUp::Begun`](crate::GiveUp::Begun). It writes no prompt of its own.
//! - It does not count the consumer's own time: `idle` runs only while it waits for an item.
//! - It does not end a stream that nobody polls, which keeps its permit: drop it.
//! - It holds back 64 items at most: with more before the first content, the stream begins.
//! - A fallback is not called for a stream that breaks, and cannot answer for an `impl Stream`.
