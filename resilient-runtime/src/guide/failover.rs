//! Failover: targets that stand in for each other.
//!
//! # Why
//!
//! A provider is down, a key is out of credit, a region is overloaded, and another one could serve.
//! A [fallback](super::fallback) comes late, after all retries of the first, which every call makes
//! anew. A failover knows which target serves, and sends the next attempt there.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Class, Failover, Target, Upstream, resilient};
//! use std::{io, time::Duration};
//!
//! static OPENAI: Upstream = Upstream::new("openai").requests_per_minute(500);
//! static AZURE: Upstream = Upstream::new("azure").requests_per_minute(300);
//!
//! static CHAT: Failover = Failover::new("chat")
//!     .to(&OPENAI, "gpt-4o")
//!     .to(&AZURE, "eu")
//!     .to(&OPENAI, "gpt-4.1")
//!     .prefer_wait(Duration::from_secs(2))
//!     .sticky(Duration::from_secs(60))
//!     .on(Class::ContextLength, "gpt-4.1");
//!
//! #[resilient(failover = CHAT, key = user, context = attempt)]
//! async fn ask(user: &str, question: &str) -> Result<String, CallError<io::Error>> {
//!     Ok(send(attempt.target(), question).await?)
//! }
//! # async fn send(target: Target, question: &str) -> io::Result<String> {
//! #     Ok(format!("{target}: {question}"))
//! # }
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # assert_eq!(ask("ann", "hi").await.unwrap(), "openai/gpt-4o: hi");
//! # }
//! ```
//!
//! The body sends its request to [`attempt.target()`](crate::FailoverContext::target), by its
//! `upstream()` and `name()`. Limits, gate, breaker and retry budget of a target are those of this
//! [key](super::keys). They say whether and when an attempt can be sent: the first target that can
//! serve now is taken. If none can, the attempt waits for all of them, and the first that admits it
//! serves; with a deadline, circuit breakers are waited for, too.
//!
//! A failure of the server, the network or a limit moves the call on at once, as far as it may be
//! sent twice ([`idempotent`](super::retry)). `authentication`, `quota_exhausted`, `permission`,
//! `not_found` and `cannot_connect` leave the target and not the call. Classes about the request
//! end the call, unless [`Failover::on`](crate::Failover::on) names a target for them. All targets
//! share one count of attempts and one deadline: allow more attempts than there are targets. A
//! target is left at once only one time a call. When all have failed, they have their turns, paced
//! by the schedule, and each retry is paid from the account of its target.
//!
//! Keys of one provider are targets, too: [`Failover::to_keys`](crate::Failover::to_keys).
//! Providers meter projects and not keys, and their terms may forbid several accounts: read them.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `prefer_wait` | zero: another target beats any wait for a better one |
//! | `sticky` | off: every call begins with the first target. The `key` tells callers apart, and each call renews the time |
//! | a target that is down | the last result decides: one probe after 1 s, 2 s, 4 s … at most 32 s; without credit or credentials, each 32 s |
//! | policy | that of the upstream of the present target, below the attribute |
//!
//! # Events
//!
//! `failing over` when an attempt goes to another target, `target down` and `target up`.
//! [`FailedAttempt::target`](crate::FailedAttempt::target) tells the way of a call, and
//! [`Failover::snapshot`](crate::Failover::snapshot) who serves, who does not and why, with counts.
//!
//! # What it will not do
//!
//! - It does not translate requests: the body sends what the target understands.
//! - It does not balance load: the first target gets all it can take. It is never hedged.
//! - It does not start anew inside: a call of the same failover in an attempt uses its target, and
//!   one in its fallback has none left and fails.
//! - It does not go on with a stream elsewhere: after the first content, [`resume`](super::resume)
//!   does. Until then, a stream moves on like other calls.
//! - It has no form without the attribute.
