//! Resume: a stream that broke in the middle goes on with another one.
//!
//! # Why
//!
//! After its first content, a stream is not retried: its items would come twice. But much of the
//! answer is there already, and many providers can continue a text, or the events after an id. Only
//! the application knows how to ask for the rest, so it gives the function for that.
//!
//! # Use
//!
//! ```
//! # #[cfg(feature = "reqwest-013")] {
//! use futures_core::Stream;
//! use resilient_runtime::sse::{ServerEvent, openai_chat};
//! use resilient_runtime::{ApiError, Kept, ReadEvents as _, SendChecked as _, resilient};
//!
//! type Events = std::pin::Pin<Box<dyn Stream<Item = Result<ServerEvent, ApiError>> + Send>>;
//!
//! #[resilient(context = attempt, first = "2m", idle = "30s", deadline = "10m",
//!             content = openai_chat::is_content, last = openai_chat::is_last, resume = go_on, stream = true)]
//! async fn ask(http: reqwest::Client, prompt: String) -> Result<Events, ApiError> {
//!     attempt.keep(prompt.len()); // in an application: a handle of the text that has come so far
//!     open(&http, prompt).await
//! }
//!
//! async fn go_on(http: reqwest::Client, prompt: String, error: ApiError, kept: Kept)
//!     -> Result<Events, ApiError> {
//!     let length = kept.get::<usize>();
//!     open(&http, format!("{prompt}\n(after {length:?}: {error})")).await
//! }
//!
//! async fn open(http: &reqwest::Client, body: String) -> Result<Events, ApiError> {
//!     let request = http.post("https://api.example.com/v1/chat/completions").body(body);
//!     Ok(Box::pin(request.send_checked().await?.events()))
//! }
//! # }
//! # fn main() {}
//! ```
//!
//! The function takes clones of the arguments, the error of class `stream_broken`, and what the
//! body kept with [`attempt.keep(..)`](crate::AttemptContext::keep) while it was polled, by value:
//! a second resume finds nothing. The items of the stream that it returns follow those so far.
//! `cargo run --example stream` shows one over a server that misbehaves.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `resume` | none: a break is the last item |
//! | `max` of `resume(function, max = 2)` | 1 |
//!
//! # Events
//!
//! `resuming stream` with the failure and the number of `items` so far; then those of the other
//! stream, such as `stream ended`. The attempt is a failed one in the history.
//!
//! # What it will not do
//!
//! - It does not go on if no retry can heal the cause, as with `quota_exhausted`; if the retry
//!   budget cannot pay; if the break has opened the circuit breaker; or if the server asks for a
//!   wait beyond `max_retry_after` or the deadline. It waits as the server asks, and not by the
//!   schedule.
//! - The other stream has no `timeout`: its opening counts to `first`, which begins with it. It
//!   shares the permit of the call, and takes no unit of a rate limit; its tokens are added.
//! - It writes no prompt, and drops no item: the function has to ask for the rest only.
//! - After a `last` item the stream is complete, and a break is its end.
