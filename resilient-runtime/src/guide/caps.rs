//! Caps: the most requests, tokens or money that may be used in an hour, day, week or month.
//!
//! # Why
//!
//! A rate limit bounds what is sent in a minute, and not what a loop with a mistake costs over a
//! weekend. The limits of a provider are those of the account, and often soft. A cap ends the
//! calls of this process, or of one of its tenants, at an amount that is known before.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Price, Tokens, Upstream, resilient};
//!
//! static OPENAI: Upstream = Upstream::new("openai")
//!     .price(Price::new(2.50, 10.0)) // USD for a million tokens of input, and of output
//!     .cap("50 USD/day, 100k requests/day")
//!     .key_cap("5M tokens/month +02:00");
//!
//! #[resilient(upstream = OPENAI, key = tenant, cost = 800, context = attempt)]
//! async fn ask(tenant: &str, question: &str) -> Result<String, CallError<std::io::Error>> {
//!     let (answer, used) = send(question).await?;
//!     attempt.record_tokens(used);
//!     Ok(answer)
//! }
//! # async fn send(question: &str) -> std::io::Result<(String, Tokens)> {
//! #     Ok((question.to_owned(), Tokens::input(7)))
//! # }
//! ```
//!
//! [`cap`](crate::Upstream::cap) is for all calls of the upstream together, and
//! [`key_cap`](crate::Upstream::key_cap) for each [key](crate::guide::keys) by itself, each with at
//! most four. A text that is no cap does not compile. [`Cap::parse`](crate::Cap::parse) has its
//! form. In a [configuration](crate::guide::config), `cap`, `key_cap` and `price` stand under an
//! upstream, and `cap` and `price` under a key of it; a cap that is raised keeps what is counted.
//!
//! # Defaults
//!
//! No cap and no price. Windows are those of the calendar, in UTC or at the offset of the cap.
//!
//! A request counts when its attempt is sent: retries and hedged runs too, and those that fail. A
//! cap on requests is never exceeded. Tokens and money count when the attempt ends, or its stream:
//! as reported by [`record_tokens`](crate::record_tokens), or as estimated by `cost`, at the price
//! of the dearer kind. A request that was refused unread has used none. Attempts in flight when a
//! cap is reached are finished, so it is exceeded by at most what they use: with a concurrency
//! limit of 32, by 32 attempts.
//!
//! When a cap is reached, calls fail at once with
//! [`Class::CapReached`](crate::Class::CapReached), also those that wait for a limit. It is final:
//! neither a rule nor a server asks for a retry. [`Rejection::free_at`](crate::Rejection::free_at)
//! and [`Rejection::wait`](crate::Rejection::wait) have the end of the window; of several caps, the
//! last one. A fallback answers such a call like any other.
//!
//! # Events
//!
//! `cap nearing` at 80 % and `cap reached`, each once a window, with `upstream`, `cap`, `used` and
//! `ends`. A refused call logs `giving up`; after an earlier attempt, with the reason `a cap is
//! reached`. [`Snapshot::caps`](crate::Snapshot::caps) has each cap with its use and its end. In
//! [shadow mode](crate::guide::shadow) everything is counted and nothing is refused: `not enforced`
//! has `cap` as `waits_for`.
//!
//! # What it will not do
//!
//! - It counts in this process alone, and from zero when it starts: the cap of an account is that
//!   of its provider.
//! - It knows no time zones: an offset is fixed, without daylight saving time.
//! - It does not know the discounts of a provider: cached input and batches count in full.
//! - It reads the clock of the system. One that is set back keeps the count until the next window.
//! - A key that is evicted is counted anew. Keys with a use go only if no other one is idle.
