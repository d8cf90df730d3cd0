//! Own limits beside shared ones, and hedges that never run.

use resilient_runtime::resilient;
use std::io;

#[resilient(upstream = OPENAI, breaker, requests = "10/s")]
async fn own_limits_and_a_shared_upstream() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream = OPENAI, tokens = "10/s", concurrency(8))]
async fn more_of_them() -> io::Result<()> {
    Ok(())
}

#[resilient(key = tenant)]
async fn key_of_no_upstream(tenant: &str) -> io::Result<()> {
    let _ = tenant;
    Ok(())
}

#[resilient(requests = "1/s", key = tenant)]
async fn key_of_an_own_upstream(tenant: &str) -> io::Result<()> {
    let _ = tenant;
    Ok(())
}

#[resilient(cost = 100)]
async fn cost_of_nothing() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency = 8, cost = 100)]
async fn cost_of_no_tokens() -> io::Result<()> {
    Ok(())
}

#[resilient(tokens = "100/min", cost = 200)]
async fn cost_above_the_tokens() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 1, budget = "20%")]
async fn budget_of_one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(after = "2m"))]
async fn hedge_after_the_timeout_by_default() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "1s", hedge(after = "1s"))]
async fn hedge_after_the_timeout() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "none", deadline = "5s", hedge(after = "6s"))]
async fn hedge_after_the_deadline() -> io::Result<()> {
    Ok(())
}

#[resilient(idempotent = false, hedge(after = "p95"))]
async fn hedge_of_what_is_not_idempotent() -> io::Result<()> {
    Ok(())
}

fn main() {}
