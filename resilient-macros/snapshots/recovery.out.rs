::core::compile_error! {
    "unknown argument `atempts`; did you mean `attempts = 5`?\nknown here: `attempts`, `timeout`, `deadline`, `backoff`, `on`, `max_retry_after`, `idempotent`, `repeat_nested`, `policy`, `first`, `idle`, `content`, `last`, `usage`, `resume`, `stream`, `upstream`, `failover`, `key`, `cost`, `breaker`, `requests`, `tokens`, `concurrency`, `budget`, `hedge`, `fallback`, `split`, `classify`, `classify_ok`, `until`, `body`, `context`, `by_ref`, `name`, `level`, `fields`, `crate`"
}
::core::compile_error! {
    "a duration needs a unit, in quotes: write `timeout = \"5s\"`"
}
::core::compile_error! {
    "`timeout` is given twice: remove one of the two"
}
::core::compile_error! {
    "expected a `,` before this"
}
::core::compile_error! {
    "`factor` is at least 1, or the waits would shrink: write `factor = 2`"
}
::core::compile_error! {
    "unknown argument `inital`; did you mean `initial = \"1s\"`?\nknown here: `kind`, `initial`, `factor`, `max`, `jitter`"
}
::core::compile_error! {
    "unknown class `ratelimited`; did you mean `rate_limited`?\nknown classes: `invalid_request`, `context_length`, `content_filter`, `authentication`, `permission`, `not_found`, `conflict`, `rate_limited`, `quota_exhausted`, `payment_refused`, `server_error`, `bad_gateway`, `overloaded`, `gateway_timeout`, `timeout`, `connect`, `cannot_connect`, `dns`, `network`, `decode`, `stream_broken`, `circuit_open`, `throttled`, `at_capacity`, `cap_reached`, `deadline`, `cancelled`, `unknown`"
}
/// Docs.
async fn f(#[cfg(unix)] a: u8, (b, c): (u8, u8)) -> Result<(), Error> {
    Ok(())
}
