//! Rate limits: requests and tokens are paced, so that the server does not refuse them.
//!
//! # Why
//!
//! Providers limit requests and tokens per minute. A request above the limit gets a 429, and often
//! counts against the limit all the same. With a limit on the client's side, a call waits for its
//! turn instead. The limit is the configured one, or a lower one if the server's headers say so.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Tokens, resilient};
//!
//! #[resilient(requests("500/min", burst = 20), tokens = "200000/min", cost = 800, context = attempt)]
//! async fn ask(question: &str) -> Result<String, CallError<std::io::Error>> {
//!     let (answer, used) = send(question).await?;
//!     attempt.record_tokens(used);
//!     Ok(answer)
//! }
//! # async fn send(question: &str) -> std::io::Result<(String, Tokens)> {
//! #     Ok((question.to_owned(), Tokens::input(7)))
//! # }
//! ```
//!
//! `cost` estimates the tokens of an attempt, and [`record_tokens`](crate::record_tokens) corrects
//! the estimate: the difference is refunded or charged. Functions share a limit through an
//! upstream, with [`requests_per_minute`](crate::Upstream::requests_per_minute),
//! [`requests`](crate::Upstream::requests), [`tokens`](crate::Upstream::tokens) or
//! [`UpstreamConfig`](crate::UpstreamConfig). [`set_requests`](crate::Upstream::set_requests) and
//! [`set_tokens`](crate::Upstream::set_tokens) change it at run time.
//!
//! # Defaults
//!
//! Off. Defaults of a [`Rate`](crate::Rate):
//!
//! | setting | default |
//! |---|---|
//! | `burst` of requests | the amount of one second, at least 1 |
//! | `burst` of tokens | the whole amount |
//! | `cost` | 0 |
//! | [`max_wait`](crate::UpstreamConfig::max_wait) | none: until the deadline |
//!
//! A call above the limit waits in a queue until its deadline, or as long as necessary; `max_wait`
//! sheds load instead. If the first in the queue is not polled for two seconds, others go ahead.
//!
//! The server's headers can lower a limit and restore it, but never raise it above the configured
//! one. A 429 without such headers, also with `Retry-After`, multiplies the rate by 0.7, at most
//! once a second and down to a sixteenth; the full rate is back after a minute. If nothing is left
//! until a reset, all calls wait for the reset, for at most 120 s.
//!
//! A limit of the server belongs to a resource: the name in `x-ratelimit-resource`, or else the
//! limit itself. A call does not name its resource, so that with the largest limit applies to all,
//! and quotas of others change nothing. A [key](crate::guide::keys) for each, such as a model, has
//! each its own limit. A limit for more than a minute that is reset within a minute is taken for
//! one of a minute. It ends at its reset, or a period (up to a minute) after the last confirmation.
//! Of the calls whose cost exceeds it but not the configured one, one is sent to read the headers
//! again; if they confirm it, the next after its reset or a period, a minute at most.
//!
//! Every attempt counts as a request, even if its connection is refused. Tokens beyond the estimate
//! are a debt that later calls wait for, cut off at an hour or, if longer, a burst.
//!
//! # Events
//!
//! `queued` when a call has to wait, with `upstream` and `waits_for` (`requests` or `tokens`), and
//! `admitted` when it is sent, with the time `waited`. `limit lowered` and `limit restored` when
//! the server changes a limit, with `from` and `to`; a limit that ends by its time is logged by the
//! next call. A rejection logs `giving up` with the reason `the client-side limits leave no room in
//! time`. The caller gets a [`Rejection`](crate::Rejection) with
//! [`Class::Throttled`](crate::Class::Throttled), or the failure of the previous attempt; the
//! history has [`GiveUp::Refused`](crate::GiveUp::Refused). A [`Snapshot`](crate::Snapshot) has
//! `requests`, `request_capacity`, `request_rate`, the same for tokens, and
//! [`usage`](crate::Snapshot::usage), including the tokens of failed attempts.
//! [`Counts::queued`](crate::Counts::queued) counts waits,
//! [`Counts::refused`](crate::Counts::refused) rejections.
//!
//! # What it will not do
//!
//! - It is not shared between processes, unless the upstream is [shared](super::sharing).
//! - It does not guess tokens: an attempt without `cost` does not wait for the limit of tokens.
//! - It does not admit a call whose cost exceeds the capacity of the limit: the call fails at once.
//! - It does not start a wait that would exceed the deadline or `max_wait`.
//! - It learns only from headers that are read: by the classification of a 429, by `send_checked`
//!   and `into_api_result` of successes too, or by the body with
//!   [`record_server_limits`](crate::record_server_limits).
