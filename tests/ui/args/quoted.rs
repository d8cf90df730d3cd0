//! Numbers and flags in quotes: the answer is the value itself without quotes.

use resilient_runtime::resilient;
use std::io;

#[resilient(attempts = "4")]
async fn attempts() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency("16", queue = "50"))]
async fn limits() -> io::Result<()> {
    Ok(())
}

#[resilient(idempotent = "true", budget = 30, breaker(failure_ratio = "30%"))]
async fn flags_and_percentages() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(factor = "1.5", jitter = true))]
async fn backoff() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = attempts();
}
