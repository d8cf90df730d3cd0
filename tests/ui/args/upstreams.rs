//! Shared upstreams: `upstream`, `key` and `cost`.

use resilient_runtime::resilient;
use std::io;

#[resilient(upstream = "openai")]
async fn upstream_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream)]
async fn no_upstream() -> io::Result<()> {
    Ok(())
}

#[resilient(tenant = id)]
async fn named_so_elsewhere(id: &str) -> io::Result<()> {
    let _ = id;
    Ok(())
}

#[resilient(upstream = OPENAI, cost = 0)]
async fn no_cost() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream = OPENAI, cost = -1)]
async fn cost_below_zero() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream = OPENAI, cost = "1000")]
async fn cost_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream = OPENAI, cost = 1.5)]
async fn part_of_a_token() -> io::Result<()> {
    Ok(())
}

fn main() {}
