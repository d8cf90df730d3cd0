//! Retry budget: an account that successes fill and failed retries empty.
//!
//! # Why
//!
//! Retries heal random faults and keep an overloaded server down. In the simulation of the README a server falls to a
//! tenth of its capacity for 20 s and a deep queue builds up: without a budget there are 3.8 requests for each
//! operation and the service does not come back; with the default there is 1.0, and it is back after 6 s. With 60 %
//! random 500 the budget costs little: 93 % of the operations succeed, and 95 % without it.
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
//! [`Budget::NONE`](crate::Budget::NONE). The callers of one [`Upstream`](crate::Upstream) share an account, for each
//! key one; without an upstream, the callers of one function or `call!`, and the calls of one name with
//! [`Policy::call`](crate::Policy::call).
//!
//! # Defaults
//!
//! | setting | default |
//! |---|---|
//! | `budget` | 20% |
//! | the account starts with, and holds at most | 20 |
//! | a success earns | 1 |
//! | a failed retry costs, after a fault | 1 |
//! | a failed retry costs, after 429, 503, 504 or a timeout | 5 |
//! | time gives back one in | 10s |
//!
//! The balance may fall to minus what the account holds. See [`Budget`](crate::Budget).
//!
//! # Events
//!
//! `giving up` with the reason `the retry budget is spent`, in the history
//! [`GiveUp::BudgetSpent`](crate::decide::GiveUp::BudgetSpent); the caller gets the failure at hand. After a 429
//! `putting off` with `delay` comes before that, as often as the retry waits once more.
//! [`Snapshot::budget`](crate::Snapshot::budget) is the balance; [`Counts::suppressed`](crate::Counts::suppressed) and
//! [`Counts::put_off`](crate::Counts::put_off) count both.
//!
//! # What it will not do
//!
//! - It never suppresses a first attempt, and a retry that succeeds costs nothing.
//! - It does not give up after a 429 while the policy leaves attempts and time: the retry is put off, and each time
//!   counts as an attempt. Only a function without an upstream whose result is not known to be `Send` gives up there
//!   too.
//! - It does not limit requests that succeed: that is for [rate limits](super::rate).
//! - It is not shared between processes: each has an account of its own, and starts with a full one.
