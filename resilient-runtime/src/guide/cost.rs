//! Cost of a call: instructions, allocations and bytes, next to other crates.
//!
//! `cargo bench -p resilient-bench` counts instructions (with `valgrind`), allocations and bytes of
//! the same call written in different ways; with `-- --check` it fails if one of ours exceeds its
//! limit. The figures are of x86-64 with Rust 1.95, with the feature `tracing` and no subscriber.
//!
//! # One call
//!
//! | | success at once | success after one `Pending` | allocations of either | bytes of the future |
//! |---|--:|--:|--:|--:|
//! | `#[resilient]` | 197 | 1,027 | 0 | 240 |
//! | loop by hand with `tokio::time::timeout` | 233 | 786 | 0 | 168 |
//! | backon 1.6 with `tokio::time::timeout` | 301 | 861 | 0 | 248 |
//! | tower, retry and timeout | 306 | 834 | 0 | 200 |
//! | the bare function | 53 | 88 | 0 | 48 |
//!
//! A call makes no timer before its future first returns `Pending`: the first column has none. The
//! second column has the cost of the timer and of the deadline of an outer call. The record of a
//! call is allocated later: when an attempt that can be retried fails or an attempt waits for
//! admission, or at once if the call is traced. The first call of a function is not in these
//! figures: it makes the function known to [`policy_of`](crate::policy_of), and allocates for that.
//!
//! # Shared limits
//!
//! A success at once (`cargo bench -p resilient-bench --bench shared`). The other crates have a
//! loop, a timeout and a semaphore of tokio around them:
//!
//! | | instructions | allocations |
//! |---|--:|--:|
//! | an upstream with nothing but the retry budget | 380 | 0 |
//! | breaker, limits of requests and concurrency, retries, timeout | 511 | 0 |
//! | and a limit of tokens | 625 | 0 |
//! | the same by key, without tokens | 937 | 0 |
//! | the first target of a failover, with all five | 603 | 0 |
//! | a blocking function without an upstream | 326 | 0 |
//! | a blocking function with the five | 701 | 0 |
//! | no upstream, with statistics (147 without) | 172 | 0 |
//! | the five, with statistics | 546 | 0 |
//! | the five by key, with statistics | 975 | 0 |
//! | recloser 1.4 with governor 0.10 | 778 | 0 |
//! | failsafe 1.3 with governor 0.10 | 1025 | 0 |
//! | the breaker of seatbelt 0.11 with governor 0.10 | 1132 | 0 |
//! | tower-resilience 0.14: breaker, bulkhead, rate limiter | 5140 | 8 |
//!
//! # Machine code
//!
//! `cargo run -p resilient-realcode -- --cost hcloud openai-api-rs` compares the release builds of
//! two published crates with and without the attribute on every function. It adds 3.7 KB of machine
//! code to a function of hcloud, and 5.1 KB to one of openai-api-rs, whose arguments are cloned for
//! each attempt. All but the body, its result and its arguments is compiled once a crate.
