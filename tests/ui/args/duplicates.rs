//! Every argument may be given once: the second one is reported.

use resilient_runtime::{Backoff, Policy, resilient};
use std::io;

#[resilient(attempts = 3, attempts = 4)]
async fn attempts() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "1s", timeout = "none")]
async fn timeout() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline = "3m", deadline = "4m")]
async fn deadline() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "1s"), backoff(max = "2s"))]
async fn backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "1s"), backoff = Backoff::DEFAULT)]
async fn backoff_in_both_forms() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(
    kind = "linear",
    kind = "fixed",
    initial = "1s",
    initial = "2s",
    factor = 2,
    factor = 3,
    max = "3s",
    max = "4s",
    jitter = "full",
    jitter = "none",
))]
async fn all_of_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(
    on(timeout, retry = false),
    on(conflict, retry = false),
    on(timeout, attempts = 8)
)]
async fn on_the_same_class() -> io::Result<()> {
    Ok(())
}

#[resilient(on(
    rate_limited,
    retry = true,
    retry = true,
    attempts = 8,
    attempts = 9,
    initial = "1s",
    initial = "2s"
))]
async fn all_of_on() -> io::Result<()> {
    Ok(())
}

#[resilient(max_retry_after = "2m", max_retry_after = "2m")]
async fn max_retry_after() -> io::Result<()> {
    Ok(())
}

#[resilient(idempotent = false, idempotent = true)]
async fn idempotent() -> io::Result<()> {
    Ok(())
}

#[resilient(repeat_nested = false, repeat_nested = true)]
async fn repeat_nested() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = Policy::DEFAULT, policy = Policy::new())]
async fn policy() -> io::Result<()> {
    Ok(())
}

#[resilient(classify = classified, classify = classified)]
async fn classify() -> io::Result<()> {
    Ok(())
}

#[resilient(classify_ok = looked_at, classify_ok = looked_at)]
async fn classify_ok() -> io::Result<()> {
    Ok(())
}

#[resilient(context = a, context = b)]
async fn context() -> io::Result<()> {
    Ok(())
}

#[resilient(by_ref(a), by_ref(b))]
async fn by_ref(a: String, b: String) -> io::Result<()> {
    drop((a, b));
    Ok(())
}

#[resilient(by_ref(a, b, a))]
async fn by_ref_of_the_same(a: String, b: String) -> io::Result<()> {
    drop((a, b));
    Ok(())
}

#[resilient(name = "a", name = "b")]
async fn name() -> io::Result<()> {
    Ok(())
}

#[resilient(level = "info", level = "warn")]
async fn level() -> io::Result<()> {
    Ok(())
}

#[resilient(fields(a = 1), fields(b = 2))]
async fn fields() -> io::Result<()> {
    Ok(())
}

#[resilient(fields(a = 1, b.c = 2, b.c = 3))]
async fn fields_of_the_same_name() -> io::Result<()> {
    Ok(())
}

#[resilient(crate = resilient_runtime, crate = ::resilient_runtime)]
async fn the_crate() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = "three", attempts = 4)]
async fn of_a_broken_one() -> io::Result<()> {
    Ok(())
}

fn main() {}
