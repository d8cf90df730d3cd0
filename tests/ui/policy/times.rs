//! Times that contradict each other.

use resilient_runtime::resilient;
use std::io;

#[resilient(timeout = "3m", deadline = "2m")]
async fn timeout_above_deadline() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline = "1.5s", timeout = "2s")]
async fn in_the_other_order() -> io::Result<()> {
    Ok(())
}

#[resilient(max_retry_after = "1h", deadline = "30m")]
async fn max_retry_after_above_deadline() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "2h", max_retry_after = "1h", deadline = "1m")]
async fn both() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "2s", max = "1s"))]
async fn initial_above_max() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "1m"))]
async fn initial_above_the_max_by_default() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(max = "500ms"))]
async fn max_below_the_initial_by_default() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, initial = "2s", max = "1s"))]
async fn initial_above_max_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(max = "10s"), on(rate_limited, initial = "20s"))]
async fn initial_in_on_above_the_max_of_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "5s"), on(connect, max = "2s"))]
async fn max_in_on_below_the_initial_of_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, initial = "1m"))]
async fn initial_in_on_above_the_max_by_default() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = timeout_above_deadline();
}
