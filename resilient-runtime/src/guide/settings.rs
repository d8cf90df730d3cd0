//! Every setting of a [configuration](super::config), with its kind of value.
//!
//! Names have the parts of tables: `backoff.max` is `max` in the table `backoff`, or the key
//! `"backoff.max"` in quotes. `CLASS` is one of the [classes](super::classes). A rate with a burst
//! is `requests = { rate = "500/min", burst = 20 }`. `"none"` and `false` remove a limit.
//!
//! Settings of a policy and of its classes belong in `[default]`, `[call."PATTERN"]` and
//! `[upstream.NAME]`. Limits, from `requests` on, belong in `[upstream.NAME]` and
//! `[upstream.NAME.key."PATTERN"]`. `[levels]` has the names of events with `"trace"`, `"debug"`,
//! `"info"`, `"warn"` or `"error"`.
//!
//! | setting | value | meaning |
//! |---|---|---|
//! | `attempts` | a whole number from 1 | attempts, including the first |
//! | `timeout` | a duration such as "30s", or "none" | time of each attempt |
//! | `deadline` | a duration such as "30s", or "none" | time of the whole call |
//! | `first` | a duration such as "30s", or "none" | time until the first content of a stream |
//! | `idle` | a duration such as "30s", or "none" | gap between two items of a stream |
//! | `max_retry_after` | a duration such as "1.5s" | longest wait of a server that is honoured |
//! | `idempotent` | true or false | whether the call may be processed twice |
//! | `repeat_nested` | true or false | whether to retry what a nested call has retried |
//! | `budget` | a percentage such as "20%", or "none" | retries that successes pay for |
//! | `backoff.kind` | one of "exponential", "linear", "fixed", "decorrelated" | how the waits grow |
//! | `backoff.initial` | a duration such as "1.5s" | the first wait |
//! | `backoff.factor` | a number from 1 | the factor between waits |
//! | `backoff.max` | a duration such as "1.5s" | the longest wait |
//! | `backoff.jitter` | one of "none", "equal", "full" | the random part of a wait |
//! | `on.CLASS.retry` | true or false | whether the class is retried |
//! | `on.CLASS.attempts` | a whole number from 1 | attempts after a failure of the class |
//! | `on.CLASS.kind` | one of "exponential", "linear", "fixed", "decorrelated" | how the waits grow |
//! | `on.CLASS.initial` | a duration such as "1.5s" | the first wait |
//! | `on.CLASS.factor` | a number from 1 | the factor between waits |
//! | `on.CLASS.max` | a duration such as "1.5s" | the longest wait |
//! | `on.CLASS.jitter` | one of "none", "equal", "full" | the random part of a wait |
//! | `requests` | a rate such as "500/min", or "none" | rate of requests |
//! | `requests.burst` | a whole number from 1 | requests at once |
//! | `tokens` | a rate such as "500/min", or "none" | rate of tokens |
//! | `tokens.burst` | a whole number from 1 | tokens at once |
//! | `concurrency` | a whole number from 1 | attempts in flight; the upper bound if it adapts |
//! | `concurrency.queue` | a whole number from 0, or "none" | attempts that wait for a permit; further ones are refused |
//! | `breaker` | true or false | whether there is a circuit breaker |
//! | `breaker.failure_ratio` | a number above 0, at most 1 | failed calls that open it |
//! | `breaker.window` | a duration such as "1.5s" | time in which calls are counted |
//! | `breaker.min_calls` | a whole number from 1 | calls in the window before a ratio counts |
//! | `breaker.consecutive` | a whole number from 1, or "none" | failures in a row that open it |
//! | `breaker.slow` | a duration such as "30s", or "none" | a longer call is slow |
//! | `breaker.slow_ratio` | a number above 0, at most 1 | slow calls that open it |
//! | `breaker.break_duration` | a duration such as "1.5s" | the first break |
//! | `breaker.max_break_duration` | a duration such as "1.5s" | the longest break |
//! | `breaker.factor` | a number from 1 | the factor between breaks |
//! | `breaker.half_open_probes` | a whole number from 1 to 64 | probes at a time, and successes that close it |
//! | `breaker.probe_timeout` | a duration such as "1.5s" | how long probes are waited for |
//! | `price.input` | a number from 0 | price of a million tokens of input |
//! | `price.output` | a number from 0 | price of a million tokens of output |
//! | `price.currency` | a code such as "USD" | currency of the price |
//! | `cap` | caps such as "50 USD/day, 10000 requests/day", or "none" | the most that all calls may use in an hour, day, week or month |
//! | `key_cap` | caps such as "50 USD/day, 10000 requests/day", or "none" | the most that the calls of a key may use in an hour, day, week or month |
//! | `gate` | true or false | whether a server's wait holds for all callers |
//! | `shadow` | true or false | whether all these and the retry budget only count what they would hold back |
//! | `max_wait` | a duration such as "30s", or "none" | longest wait for admission |
