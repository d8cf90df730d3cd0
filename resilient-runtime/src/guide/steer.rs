//! Steering a running process: switches for operators, and a shutdown that ends waits.
//!
//! # Why
//!
//! In an incident, retries and hedged runs can be the load that keeps a server down, and an
//! operator wants them off at once, without a new release. When a process ends, calls that wait for
//! minutes in backoff hold it up, until the orchestrator kills it in the middle of a request.
//!
//! # Use
//!
//! ```
//! use resilient_runtime::{CallError, Class, GiveUp, Policy, Upstream, shutdown, switch};
//! use std::io;
//!
//! static API: Upstream = Upstream::new("api");
//!
//! async fn ask() -> Result<u32, CallError<io::Error>> {
//!     let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
//!     API.call("ask").run(async || Err(reset())?).await
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! switch::retries().off_for("api"); // an upstream, or a function such as "app::ask"
//! let error = ask().await.unwrap_err();
//! assert_eq!(error.history().gave_up, Some(GiveUp::RetriesOff));
//! assert_eq!(switch::switched_off()[0].to_string(), "retries: off for api");
//! switch::retries().on_for("api");
//!
//! switch::hedges().off(); // for all calls
//! switch::upstream("api").off(); // nothing is sent there
//! assert_eq!(ask().await.unwrap_err().history().gave_up, Some(GiveUp::UpstreamOff));
//! switch::upstream("api").on();
//!
//! // For the calls of one job.
//! let error = switch::retries().off_within(ask()).await.unwrap_err();
//! assert_eq!(error.history().attempts.len(), 1);
//!
//! shutdown(); // at the end of the process
//! let error = ask().await.unwrap_err();
//! assert_eq!(error.rejection().unwrap().class(), Class::Cancelled);
//! # }
//! ```
//!
//! With a `CancellationToken` of `tokio-util`, spawn
//! [`shutdown_when(token.cancelled_owned())`](crate::shutdown_when); with a signal, such as that of
//! `tokio::signal`, `shutdown_when(signal)`. Then await the tasks of the calls: those that waited
//! have ended, and the others end with their attempts.
//!
//! | | attempts in flight | waits | new calls | streams that have begun |
//! |---|---|---|---|---|
//! | [`shutdown`](crate::shutdown()) | go on, and are not retried | end | are refused | go on, are not resumed |
//! | [`switch::upstream`](crate::switch::upstream) | go on, and are not retried | end | are refused | go on, are not resumed |
//! | [`switch::retries`](crate::switch::retries) | go on, and are not retried | of retries end, others go on | have one attempt | go on, are not resumed |
//! | [`switch::hedges`](crate::switch::hedges) | go on, without further runs | go on | are not hedged | go on |
//!
//! A call ended this way returns its last failure, with its history; without one, a rejection of
//! class `cancelled` or, of an upstream, `circuit_open`. Its fallback is called.
//!
//! # Defaults
//!
//! Everything is on. An attempt looks at one word of memory; names are looked up only if something
//! is off. Breakers, limits, budgets and latencies keep their state. `policy_of(name)` shows what
//! is off for a function; [`switched_off`](crate::switch::switched_off) lists everything.
//!
//! # Events
//!
//! `switched off` and `switched on`, with `what` and `name`; `shutting down`, with the number of
//! calls whose `waits` end. `giving up` has the reason `shut down`, `retries are switched off` or
//! `the upstream is switched off`, and `not hedging` has `shut down` or `switched off`.
//!
//! # What it will not do
//!
//! - A shutdown cannot be undone. It refuses calls inside attempts in flight and fallbacks too.
//! - It does not wait until all calls have ended, and does not end attempts in flight.
//! - [`off_within`](crate::switch::Switch::off_within) does not reach tasks that the future spawns.
//! - Switches hold in this process, and until it ends: they are stored nowhere.
