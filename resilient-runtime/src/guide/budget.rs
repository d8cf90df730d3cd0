//! Retry budget: limits retries that fail, across all callers. When it is empty, retries wait until
//! the server recovers.
//!
//! # Why
//!
//! Retries repair transient failures, and keep an overloaded server down. In the
//! [simulation](crate::guide::storm) a server falls to a tenth of its capacity for 20 s, and a deep
//! queue builds up. Without a budget, each operation sends 3.8 requests and the server does not
//! recover; with the default budget it is 1.0, and the server is back after 6 s. With 60 % random
//! 500 the budget costs little: 94 % of the operations succeed, and 95 % without it.
//!
//! An empty budget should not make a call fail either: a burst of 200 calls that meets a 503 for
//! two seconds would fail as a whole. Instead, its retries wait, and all 200 calls succeed after
//! 6.5 s.
//!
//! # Use
//!
//! It is on by default. A stricter budget:
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
//! Without the attribute: [`Policy::budget`](crate::Policy::budget) with
//! [`Budget::percent`](crate::Budget::percent) or [`Budget::NONE`](crate::Budget::NONE). The
//! callers of one [`Upstream`](crate::Upstream), or of one key of it, share a balance. Without an
//! upstream, the callers of one function or `call!` do, and the calls with one name of
//! [`Policy::call`](crate::Policy::call); those with a fallback have one of their own.
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `budget` | 20% |
//! | initial and maximum balance | 20 |
//! | deposit of a success | 1 |
//! | cost of a failed retry | 1 |
//! | cost of a failed retry after 429, 503, 504 or a timeout | 5 |
//! | time for a deposit of 1 | 10s |
//!
//! [`Budget`](crate::Budget) describes the queue of deferred retries, with an example in numbers.
//!
//! # Events
//!
//! - `deferring retry`: a retry is due but the balance is too low, so the retry waits.
//! - `releasing retry`: it is sent, after the time `waited`; `released.by` is `balance`, `credit`
//!   or `trial` ([`ReleasedBy`](crate::ReleasedBy)).
//! - `giving up` with the reason `the retry budget is spent`
//!   ([`GiveUp::BudgetSpent`](crate::GiveUp::BudgetSpent)): the server did not recover within the
//!   patience of the call. The caller gets the last failure.
//! - `giving up` with the reason `the deadline came while the retry waited for the retry budget`.
//!
//! [`FailedAttempt::deferred`](crate::FailedAttempt::deferred) is the time that the next attempt
//! waited. [`Snapshot::budget`](crate::Snapshot::budget) is the balance;
//! [`Counts::deferred`](crate::Counts::deferred) and
//! [`Counts::suppressed`](crate::Counts::suppressed) count retries that waited and calls that gave
//! up.
//!
//! # What it will not do
//!
//! - It never delays a first attempt. A retry that succeeds without having waited costs nothing.
//! - It does not fail fast. A waiting call gives up after the longest time that all its attempts
//!   could take, counted from its first failure. By default that is 15 s of waits (30 s after an
//!   overload) plus four times the slowest attempt; it is at least 4 s (15 s while the server is
//!   healthy). If half of the operations always fail with 500, they fail after 15 s
//!   at a load of 1.13, and no other operation fails. To fail fast, set
//!   [`deadline`](crate::Policy::deadline), fewer [`attempts`](crate::Policy::attempts) or a
//!   [breaker](crate::guide::breaker).
//! - It does not keep a result that is not `Send` while a retry waits. If such a call gives up, the
//!   caller gets a [`Rejection`](crate::Rejection) with the same class, status, message, request id
//!   and history.
//! - It does not limit successful requests; [rate limits](crate::guide::rate) do.
//! - It is not shared between processes, unless
//!   [`Part::Budget`](crate::sharing::Part::Budget) is: each starts with a full balance. If each of
//!   many processes makes one call at a time, none sees the failures of the others.
