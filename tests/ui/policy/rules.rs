//! Rules for classes that take none, and contradictory rules.

use resilient_runtime::resilient;
use std::io;

#[resilient(on(quota_exhausted, retry = true))]
async fn quota_retried() -> io::Result<()> {
    Ok(())
}

#[resilient(on(quota_exhausted, attempts = 2))]
async fn quota_with_attempts() -> io::Result<()> {
    Ok(())
}

#[resilient(on(quota_exhausted, retry = false, attempts = 3))]
async fn quota_not_retried_with_attempts() -> io::Result<()> {
    Ok(())
}

#[resilient(on(circuit_open, attempts = 3))]
async fn circuit_open() -> io::Result<()> {
    Ok(())
}

#[resilient(on(throttled, attempts = 3))]
async fn limited() -> io::Result<()> {
    Ok(())
}

#[resilient(on(at_capacity, initial = "1s"))]
async fn at_capacity() -> io::Result<()> {
    Ok(())
}

#[resilient(on(deadline, retry = false))]
async fn deadline() -> io::Result<()> {
    Ok(())
}

#[resilient(on(cancelled, retry = true))]
async fn cancelled() -> io::Result<()> {
    Ok(())
}

#[resilient(on(timeout, retry = false, attempts = 3))]
async fn attempts_without_retry() -> io::Result<()> {
    Ok(())
}

#[resilient(on(
    timeout,
    retry = false,
    kind = "linear",
    initial = "1s",
    max = "2s",
    jitter = "full"
))]
async fn backoff_without_retry() -> io::Result<()> {
    Ok(())
}

#[resilient(on(timeout, retry = false, factor = 3))]
async fn factor_without_retry() -> io::Result<()> {
    Ok(())
}

#[resilient(on(timeout, attempts = 1, initial = "2s"))]
async fn backoff_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(on(conflict, retry = true, attempts = 1))]
async fn retry_with_one_attempt() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = quota_retried();
}
