//! Configuration: numbers from a file and from environment variables, while the program runs.
//!
//! # Why
//!
//! At three in the morning a provider halves a quota or answers slowly, and nobody wants to rebuild
//! and redeploy to change a number. An operator writes it into a file; it holds from the next
//! attempt on.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, config, policy_of, resilient};
//!
//! #[resilient(name = "app::ask", attempts = 4)]
//! async fn ask() -> Result<u32, CallError<std::io::Error>> {
//!     Ok(42)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! config::load_str(
//!     r#"
//!     [default]
//!     timeout = "20s"
//!
//!     [upstream.openai]
//!     requests = "300/min"
//!     breaker = { failure_ratio = 0.5, break_duration = "10s" }
//!
//!     [upstream.openai.key."trial-*"]
//!     requests = "10/min"
//!
//!     [call."app::*"]
//!     attempts = 2
//!     on.rate_limited.attempts = 8
//!
//!     [levels]
//!     "giving up" = "warn"
//!     "#,
//! )
//! .unwrap();
//! ask().await.unwrap();
//! let policy = policy_of("app::ask").unwrap();
//! assert_eq!(policy.get("attempts").unwrap().to_string(), "attempts: 2 (configuration)");
//! assert_eq!(config::unmatched(), [r#"upstream."openai""#, r#"upstream."openai".key."trial-*""#]);
//! # }
//! ```
//!
//! [`config::load`](crate::config::load) reads a file, [`reload`](crate::config::reload) reads it
//! again, and [`watch`](crate::config::watch) does so when it changes.
//! [All settings](super::settings) have the names of the attribute;
//! [`schema`](crate::config::schema) is for editors. In names, `*` stands for any text: an exact
//! name wins over a pattern, a longer pattern over a shorter one. Environment variables such as
//! `RESILIENT__CALL__APP__ASK__TIMEOUT=20s` override the file at the same place.
//!
//! | section | its values take the place of |
//! |---|---|
//! | `[default]` | built-in defaults, also where the code sets the same value |
//! | `[upstream.NAME]` | the policy and the limits of that upstream, also those changed at run time |
//! | `[upstream.NAME.key."PATTERN"]` | the limits of those keys |
//! | `[call."PATTERN"]` | everything else, arguments of the attribute included |
//!
//! # Defaults
//!
//! A feature, `config`. With it, also without a configuration, a call costs 25 to 80 instructions
//! more, and its retries 100. Nothing else changes without one. Breakers, limits and budgets keep
//! their state when one is loaded.
//!
//! # Events
//!
//! `configuration rejected` (WARN): a reload failed, or values contradict those of the code. What
//! was in effect stays, and of a function whose policy would be invalid, the code's values.
//!
//! # What it will not do
//!
//! - It does not count the attempts of an upstream that runs without a `concurrency` limit: load
//!   such a limit before its first call. The number of keys and the lower bound are fixed.
//! - It does not change a deadline of a call that runs, nor a wait that has begun.
//! - `breaker.*` of an upstream without a breaker adds one.
