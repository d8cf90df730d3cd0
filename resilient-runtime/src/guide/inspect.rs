//! Settings in effect: the policy and the limits of a function, each value with its source.
//!
//! # Why
//!
//! The values of a call come from the defaults, from a policy or an upstream that is defined
//! elsewhere, and from the arguments of the attribute; limits can be changed at run time. An
//! operator wants to know which ones are in effect in the process that runs, and a test of one's
//! settings should not have to provoke five failures to count the attempts.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{Breaker, CallError, Policy, Upstream, policy_of, resilient, upstream_of};
//! use std::time::Duration;
//!
//! static OPENAI: Upstream = Upstream::new("openai")
//!     .policy(Policy::new().timeout(Duration::from_secs(20)))
//!     .requests_per_minute(500)
//!     .breaker(Breaker::new());
//!
//! #[resilient(name = "ask", upstream = OPENAI, attempts = 4, on(rate_limited, attempts = 8))]
//! async fn ask() -> Result<u32, CallError<std::io::Error>> {
//!     Ok(42)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! ask().await.unwrap(); // a function is known from its first call on
//! assert_eq!(policy_of("ask").unwrap().policy().attempts, 4);
//! let policy = policy_of("ask").unwrap().to_string();
//! let lines: Vec<&str> = policy.lines().collect();
//! assert_eq!(lines[..3], ["policy of ask", "attempts: 4 (argument)", "timeout: 20s (upstream)"]);
//! assert!(lines.contains(&"idempotent: true (default)"));
//! assert_eq!(lines.last(), Some(&"on(rate_limited).attempts: 8 (argument)"));
//!
//! assert_eq!(upstream_of("ask").unwrap().name(), "openai");
//! let upstream = upstream_of("ask").unwrap().to_string();
//! assert!(upstream.contains("\nrequests: 500/min (upstream)\n"));
//! assert!(upstream.contains("\nbreaker.failure_ratio: 0.8 (default)\n"));
//! # }
//! ```
//!
//! [`inspect::functions`](crate::inspect::functions) lists all names, for a page of an operator:
//!
//! ```
//! use resilient_runtime::{inspect::functions, policy_of, upstream_of};
//!
//! fn settings() -> String {
//!     let mut page = String::new();
//!     for name in functions() {
//!         page += &policy_of(name).map_or_else(|error| error.to_string(), |it| it.to_string());
//!         page += &upstream_of(name).map_or_else(|_| String::new(), |it| format!("\n{it}"));
//!         page += "\n\n";
//!     }
//!     page
//! }
//! # let _ = settings();
//! ```
//!
//! # Defaults
//!
//! On, and without a cost for a call after the first of its function, which makes it known. A name
//! that is not known gives an error with similar names. Functions of one name with different
//! settings, such as methods of two types in one module, give an error too: the argument `name`
//! tells them apart.
//!
//! # Events
//!
//! None.
//!
//! # What it will not do
//!
//! - It does not know a function before its first call, nor by a call that is refused because a
//!   deadline around it is over.
//! - If the policy or the upstream is an expression, it shows those of the first call.
//! - It does not tell a value that a policy sets to the default from one that is not set.
//! - It does not show state, nor a limit that a server has lowered:
//!   [`Upstream::snapshot`](crate::Upstream::snapshot) does.
