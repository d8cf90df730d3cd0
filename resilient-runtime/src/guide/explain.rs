//! The schedule of a policy as a table: when each attempt is made, and how long a call can take.
//!
//! # Why
//!
//! `attempts = 5` with exponential backoff does not say whether a call is over after ten seconds or
//! after ten minutes. Jitter, timeouts, a longer schedule after an overload and a deadline decide
//! that together. The table shows it before the first outage does.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{Class, Policy};
//! use std::time::Duration;
//!
//! const POLICY: Policy = Policy::new()
//!     .attempts(4)
//!     .timeout(Duration::from_secs(10))
//!     .deadline(Duration::from_secs(30));
//!
//! assert_eq!(
//!     POLICY.explain(Class::ServerError).to_string(),
//!     "\
//! server_error: at most, as the deadline permits, 4 attempts
//! | attempt | wait before it | begins after |
//! | ------- | -------------- | ------------ |
//! | 1       | none           | 0s           |
//! | 2       | 0s to 1s       | 0s to 11s    |
//! | 3       | 0s to 2s       | 0s to 23s    |
//! | 4       | 0s to 4s       | 0s to 30s    |
//! then it gives up: attempts used up; it is over after at most 30s
//! a wait that the server asks for (Retry-After) is the minimum, up to 120s; a longer one ends the call
//! not included: waits for limits of an upstream and for the retry budget"
//! );
//! let declined = POLICY.explain(Class::PaymentRefused);
//! assert!(declined.to_string().starts_with("payment_refused: not retried: by default;"));
//! println!("{}", POLICY.explain_all()); // a line for each class
//!
//! // The numbers, such as for a test of one's settings.
//! let overloaded = POLICY.explain(Class::Overloaded);
//! assert_eq!(overloaded.attempts()[1].wait_to, Duration::from_secs(2));
//! assert_eq!(overloaded.longest(), Some(Duration::from_secs(30)));
//! ```
//!
//! `policy_of("app::ask")?.explain(class)` shows that of a function with its settings in effect.
//! The documentation of a function with the attribute has the same table, if it has documentation
//! and its policy is known to the compiler: without `policy = expr` and an upstream's policy, and
//! with numbers instead of expressions.
//!
//! # Defaults
//!
//! Nothing is computed before it is asked for. "Begins after" is the time from the start of the
//! call: at the earliest if attempts fail at once and waits are the shortest, at the latest if each
//! attempt takes its timeout and waits are the longest. The deadline caps it.
//!
//! # Events
//!
//! None.
//!
//! # What it will not do
//!
//! - It assumes that all attempts fail with one class. A failure may say more than its class: that
//!   it was not processed, or that a retry is forbidden.
//! - It does not foresee waits that a server asks for, waits for limits, and the retry budget.
//! - It does not know the waits of a [`Schedule`](crate::Schedule) of one's own: `backoff = expr`.
