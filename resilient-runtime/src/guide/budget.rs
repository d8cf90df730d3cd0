//! Retry budget: limits retries that fail, across all callers. When it is empty, retries wait until the server recovers.
//!
//! # Why
//!
//! Retries heal transient failures and keep an overloaded server down. In the simulation of the README a server falls to a
//! tenth of its capacity for 20 s and a deep queue builds up: without a budget there are 3.8 requests for each
//! operation and the service does not come back; with the default there is 1.0, and it is back after 6 s. With 60 %
//! random 500 the budget costs little: 94 % of the operations succeed, and 95 % without it.
//!
//! A call whose retry the budget cannot pay for must not fail either: a fan-out of 200 calls that meets a 503 for two
//! seconds would fail as a whole. Its retries wait, and all 200 succeed after 6.5 s.
//!
//! # Use
//!
//! It is on. A stricter one, or none:
//!
//! ```
//! use resilient_runtime::{CallError, resilient};
//!
//! #[resilient(budget = "10%")]
//! async fn fetch(address: &str) -> Result<Vec<u8>, CallError<std::io::Error>> {
//!     Ok(read(address).await?)
//! }
//! # async fn read(_: &str) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
//! ```
//!
//! Without the attribute: [`Policy::budget`](crate::Policy::budget) with [`Budget::percent`](crate::Budget::percent) or
//! [`Budget::NONE`](crate::Budget::NONE). The callers of one [`Upstream`](crate::Upstream) share a balance, for each
//! key one; without an upstream, the callers of one function or `call!`, and the calls of one name with
//! [`Policy::call`](crate::Policy::call).
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `budget` | 20% |
//! | the balance starts at, and is at most | 20 |
//! | a success earns | 1 |
//! | a failed retry costs, after a fault | 1 |
//! | a failed retry costs, after 429, 503, 504 or a timeout | 5 |
//! | time gives back one in | 10s |
//!
//! [`Budget`](crate::Budget) describes the queue of deferred retries, with an example in numbers.
//!
//! # Events
//!
//! - `deferring retry`: the balance cannot pay for a retry that is due, so it waits.
//! - `releasing retry`: it goes, after `waited`, by `released.by`: `balance`, `credit` or `trial`
//!   ([`ReleasedBy`](crate::ReleasedBy)).
//! - `giving up` with the reason `the retry budget is spent`, in the history
//!   [`GiveUp::BudgetSpent`](crate::policy::GiveUp::BudgetSpent): the server did not recover as long as the call had
//!   patience. The caller gets the last failure.
//! - `giving up` with the reason `the deadline came while the retry waited for the retry budget`.
//!
//! [`FailedAttempt::deferred`](crate::FailedAttempt::deferred) is the time that the next attempt waited.
//! [`Snapshot::budget`](crate::Snapshot::budget) is the balance; [`Counts::deferred`](crate::Counts::deferred) and
//! [`Counts::suppressed`](crate::Counts::suppressed) count retries that waited and calls that gave up.
//!
//! # What it will not do
//!
//! - It never holds back a first attempt, and a retry that succeeds without having waited costs nothing.
//! - It does not fail fast: a waiting call gives up after the longest time of its schedule from its first failure, 15 s by
//!   default (30 s after an overload), and not before 4 s (15 s while the server is well). In the simulation half of the
//!   operations always fail with 500: known after 15 s, their deadline, at a load of 1.13, and no other fails. To fail fast,
//!   set [`deadline`](crate::Policy::deadline), fewer [`attempts`](crate::Policy::attempts) or a [breaker](crate::guide::breaker).
//! - A result that is not `Send` is not kept while a retry waits: if the call gives up there, the caller gets a
//!   [`Rejection`](crate::Rejection) with the same class, status, message, request id and history.
//! - It does not limit requests that succeed: that is for [rate limits](crate::guide::rate).
//! - It is not shared between processes: each has a balance of its own, and starts with a full one. Where each of many
//!   processes makes one call at a time, none of them sees the others' failures.
