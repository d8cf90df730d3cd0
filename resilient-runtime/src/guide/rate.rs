//! Rate limits: requests and tokens are paced before the server has to refuse them.
//!
//! # Why
//!
//! A provider permits so many requests and so many tokens a minute. Whoever sends more gets a 429, has made the request
//! in vain and often has it counted all the same. A limit on this side makes a caller wait for its turn instead. It
//! keeps to what the configuration says, and to less where the server says less.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Tokens, resilient};
//!
//! #[resilient(rate("500/min", burst = 20), tokens = "200000/min", cost = 800, context = attempt)]
//! async fn ask(question: &str) -> Result<String, CallError<std::io::Error>> {
//!     let (answer, used) = send(question).await?;
//!     attempt.record_tokens(used);
//!     Ok(answer)
//! }
//! # async fn send(question: &str) -> std::io::Result<(String, Tokens)> { Ok((question.to_owned(), Tokens::input(7))) }
//! ```
//!
//! `cost` estimates the tokens before the attempt, [`record_tokens`](crate::record_tokens) corrects that: what was not used is given
//! back, what was used beyond is owed. Functions that share a limit name an upstream with
//! [`requests_per_minute`](crate::Upstream::requests_per_minute), [`requests`](crate::Upstream::requests),
//! [`tokens`](crate::Upstream::tokens), or an [`UpstreamConfig`](crate::UpstreamConfig). While it runs,
//! [`set_requests`](crate::Upstream::set_requests) and [`set_tokens`](crate::Upstream::set_tokens) change it.
//!
//! # Defaults
//!
//! Off. For a [`Rate`](crate::Rate) that is set:
//!
//! | setting | default |
//! |---|---|
//! | `burst` of requests | what comes back in a second, at least 1 |
//! | `burst` of tokens | the whole amount |
//! | `cost` | 0 |
//! | [`max_wait`](crate::UpstreamConfig::max_wait) | none: as long as the deadline allows |
//!
//! A call that finds no room waits in line, as long as its own deadline allows; without a deadline, as long as it takes.
//! Whoever wants to shed load instead sets `max_wait`.
//!
//! The server's word makes a limit less, and takes that back, but never makes it more than is configured. A 429 whose
//! headers say nothing of quotas leaves 0.7 of the rate, once a second at most and never less than a sixteenth; from
//! there the whole comes back in a minute. Nothing left and a reset hold all back until the reset, for 120 s at most.
//! A call that costs more than the server's limit holds, and not more than the configured one, would wait for ever: one
//! such call is sent to read the headers again, once a period; others wait for what it finds out, and fail if the limit
//! is confirmed.
//!
//! # Events
//!
//! `queued` when a call has to wait, with `upstream` and `waits_for` (`requests` or `tokens`), and `admitted` when it goes,
//! with the time it `waited`. `limit lowered` and `limit restored` when the server's headers change a limit, with `from`
//! and `to`. A refusal is `giving up` with the reason `the client-side limits leave no room in time`.
//! The caller gets a [`Rejection`](crate::Rejection) of [`Class::Throttled`](crate::Class::Throttled), or the failure of
//! the attempt before; the history has [`GiveUp::Refused`](crate::policy::GiveUp::Refused). In a
//! [`Snapshot`](crate::Snapshot): `requests`, `request_capacity`, `request_rate`, the same of tokens, and
//! [`usage`](crate::Snapshot::usage), which also has what failed attempts wasted.
//! [`Counts::queued`](crate::Counts::queued) counts the waits, [`Counts::refused`](crate::Counts::refused) the refusals.
//!
//! # What it will not do
//!
//! - It is no limit over processes: each process has the whole rate.
//! - It does not guess tokens: an attempt without `cost` does not wait for the limit of tokens.
//! - It does not let through what costs more than the limit ever holds: that fails at once, and no wait would help.
//! - It does not begin a wait that would outlast the deadline or `max_wait`.
//! - It learns from headers only where something reads them: the classification of a 429, of a good answer
//!   `send_checked` and `into_api_result`, or the body, which says it with [`record_server_limits`](crate::record_server_limits).
