//! Upstreams, keys, costs and fallbacks of the wrong type: reported at the expression.

use resilient_runtime::{Upstream, resilient};
use std::io;

static OPENAI: Upstream = Upstream::new("openai");
const SIZE: u32 = 3;

struct NotClone;

async fn without_error(_: u8) -> io::Result<()> {
    Ok(())
}

async fn of_another_argument(_: String, _: io::Error) -> io::Result<()> {
    Ok(())
}

fn with_another_result(_: u8, _: io::Error) -> Result<u8, io::Error> {
    Ok(3)
}

async fn with_another_future(_: u8, _: io::Error) -> Option<()> {
    None
}

#[resilient(upstream = Some(1))]
async fn upstream_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream = OPENAI_)]
async fn upstream_of_no_known_name() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream = OPENAI, key = 3)]
async fn key_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(upstream = OPENAI, cost = text.len())]
async fn cost_of_another_type(text: String) -> io::Result<()> {
    drop(text);
    Ok(())
}

#[resilient(requests = SIZE)]
async fn rate_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency = size)]
async fn concurrency_not_constant(size: u32) -> io::Result<()> {
    let _ = size;
    Ok(())
}

#[resilient(breaker(break_duration = SIZE))]
async fn pause_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(budget = SIZE)]
async fn budget_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(after = SIZE))]
async fn hedge_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(fallback = without_error)]
async fn fallback_of_fewer_arguments(n: u8) -> io::Result<()> {
    let _ = n;
    Ok(())
}

#[resilient(fallback = of_another_argument)]
async fn fallback_of_another_argument(n: u8) -> io::Result<()> {
    let _ = n;
    Ok(())
}

#[resilient(fallback = with_another_result)]
async fn fallback_with_another_result(n: u8) -> io::Result<()> {
    let _ = n;
    Ok(())
}

#[resilient(fallback = with_another_future)]
async fn fallback_with_another_future(n: u8) -> io::Result<()> {
    let _ = n;
    Ok(())
}

#[resilient(fallback(timeout = missing))]
async fn fallback_of_no_known_name() -> io::Result<()> {
    Ok(())
}

#[resilient(hedge(after = "p95"))]
async fn hedge_of_an_argument_that_is_not_clone(value: NotClone) -> io::Result<()> {
    drop(value);
    Ok(())
}

fn main() {}
