//! Budgets, hedges and fallbacks.

use resilient_runtime::resilient;
use std::io;

#[resilient(budget = 20)]
async fn budget_without_a_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(budget = "0%")]
async fn no_budget() -> io::Result<()> {
    Ok(())
}

#[resilient(budget = "150%")]
async fn more_than_all() -> io::Result<()> {
    Ok(())
}

#[resilient(budget = "off")]
async fn no_budget_by_another_name() -> io::Result<()> {
    Ok(())
}

#[resilient(retry_budget = "20%")]
async fn budget_named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge)]
async fn hedge_alone() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(max = 2))]
async fn hedge_at_no_time() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(after = 800))]
async fn hedge_without_a_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(after = "p42"))]
async fn hedge_of_most_calls() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(after = "p95", max = 9))]
async fn too_many_hedges() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(after = "p95", max = 0))]
async fn no_hedges() -> io::Result<()> {
    Ok(())
}

#[resilient(fallback = "cached")]
async fn fallback_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(fallback(overloded = cached))]
async fn misspelt_class() -> io::Result<()> {
    Ok(())
}

#[resilient(fallback(overloaded))]
async fn class_without_a_function() -> io::Result<()> {
    Ok(())
}

#[resilient(fallback(overloaded = cached, overloaded = cached))]
async fn two_for_one_class() -> io::Result<()> {
    Ok(())
}

#[resilient(fallback(timeout = cached, _ = cached))]
async fn underscore() -> io::Result<()> {
    Ok(())
}

#[resilient(fallback(timeout = cached, default = cached))]
async fn other_named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

fn main() {}
