//! Settings without an effect.

use resilient_runtime::resilient;
use std::io;

#[resilient(attempts = 1, backoff(initial = "2s"))]
async fn backoff_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 1, backoff = resilient_runtime::Backoff::DEFAULT)]
async fn schedule_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 1, max_retry_after = "1m")]
async fn max_retry_after_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 1, idempotent = false)]
async fn idempotent_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 1, repeat_nested = true)]
async fn repeat_nested_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(
    attempts = 1,
    on(conflict, retry = true),
    on(timeout, retry = false),
    on(dns, attempts = 1)
)]
async fn rules_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "linear", factor = 2))]
async fn factor_of_linear() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "fixed", initial = "1s", factor = 2))]
async fn factor_of_fixed() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "fixed", initial = "1s", max = "2s"))]
async fn max_of_fixed() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "decorrelated", jitter = "full"))]
async fn jitter_of_decorrelated() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, kind = "linear", factor = 2))]
async fn factor_of_linear_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, kind = "fixed", max = "8s"))]
async fn max_of_fixed_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, kind = "decorrelated", jitter = "none"))]
async fn jitter_of_decorrelated_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "fixed"), on(rate_limited, factor = 3))]
async fn factor_in_on_of_a_fixed_backoff() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = backoff_of_one_attempt();
}
