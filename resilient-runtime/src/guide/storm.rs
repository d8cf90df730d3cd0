//! Retry storms: simulations of an API that is down, with and without the retry budget.
//!
//! Retries repair transient failures, and keep an overloaded server down. `tests/storm` simulates
//! servers and thousands of callers (`cargo test -p resilient-tests --test storm`), and holds these
//! figures within bounds. *Load* is the number of requests per operation.
//!
//! # Thousands of callers
//!
//! 2,000 callers in 20 processes pause 2.5 s on average between two operations. They send about 800
//! requests per second to a server with a capacity of 1,000. The incident takes 20 s. Success
//! during the incident / until 30 s after it, and load:
//!
//! | incident | default policy | the same without a budget | one attempt |
//! |---|--:|--:|--:|
//! | a tenth of the capacity, a deep queue | 42 / 92 %, 1.04 | 40 / 91 %, 3.28 | 1 / 63 %, 1 |
//! | a tenth of the capacity, sheds load with 503 | 78 / 96 %, 1.43 | 67 / 94 %, 3.12 | 13 / 66 %, 1 |
//! | connection refused | 42 / 92 %, 1.14 | 33 / 89 %, 4.42 | 0 / 60 %, 1 |
//! | 429 for half the demand | 99 / 100 %, 1.19 | 96 / 99 %, 1.93 | 51 / 81 %, 1 |
//!
//! Open load: 800 new operations per second whatever happens, with a timeout of 1 s and a deadline
//! of 15 s.
//!
//! | incident | default policy | the same without a budget |
//! |---|--:|--:|
//! | 30 % random 500: success | 99.8 % | 99.9 % |
//! | 60 % random 500: success | 94 % | 95 % |
//! | 30 % random 503: success | 98.6 % | 99.6 % |
//! | answers take 4–12 s, 30 % random 500: success | 100 % | 100 % |
//! | a tenth of the capacity, deep queue: back after, load | 6 s, 1.0 | never, 3.8 |
//! | the same for 2,000 processes with one caller each: success until 30 s after, load | 17 %, 1.7 | below 11 %, 3.8 |
//! | sheds load with 503: load | 1.03 | 3.5 |
//! | a quota of 400 a second, with and without `Retry-After`: load | 1.10, 1.10 | 3.0, 3.2 |
//! | connection refused: load | 1.03 | 4.3 |
//! | hangs, with 30 s for an attempt: load after 40 s | 1.0 | 2.0 |
//! | slow, no errors: load | 1.0 | 1.0 |
//!
//! Without any retry, the queue needs six seconds too. A breaker (`Breaker::new()` with a break of
//! 2 s) sends nothing while the queue drains, and the server is back after 3 s.
//!
//! 200 batch workers in one process exceed a quota of 400 per second; each starts its next
//! operation at once. Operations that succeed:
//!
//! | demand | default policy | with `Upstream::gate(true)` | a plain budget of 10 % | one attempt |
//! |---|--:|--:|--:|--:|
//! | 500 a second | 100 % | 100 % | 72 % | 17 % |
//! | 2,000 a second | 100 % | 100 % | 34 % | 5 % |
//!
//! The budget costs successes where faults are random and the server is not overloaded: with 60 %
//! random 500, 94 % of the operations succeed instead of 95 %. See the [retry
//! budget](crate::guide::budget).
