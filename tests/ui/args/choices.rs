//! Arguments that take one of several words, a flag or a number.

use resilient_runtime::{Jitter, resilient};
use std::io;

#[resilient(idempotent = 1)]
async fn number_for_a_flag() -> io::Result<()> {
    Ok(())
}

#[resilient(idempotent = "false")]
async fn string_for_a_flag() -> io::Result<()> {
    Ok(())
}

#[resilient(repeat_nested = yes)]
async fn word_for_a_flag() -> io::Result<()> {
    Ok(())
}

#[resilient(on(conflict, retry = "yes"))]
async fn string_for_a_flag_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(level = "loud")]
async fn unknown_level() -> io::Result<()> {
    Ok(())
}

#[resilient(level = debug)]
async fn level_without_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(level = tracing::Level::WARN)]
async fn level_as_a_path() -> io::Result<()> {
    Ok(())
}

#[resilient(level = "Warning")]
async fn level_with_more_letters() -> io::Result<()> {
    Ok(())
}

#[resilient(level = 3)]
async fn number_for_a_level() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "exponental"))]
async fn misspelt_kind() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = constant))]
async fn unknown_kind() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(jitter = "ful"))]
async fn misspelt_jitter() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(jitter = true))]
async fn flag_for_jitter() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(jitter = Jitter::Full))]
async fn path_for_jitter() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(jitter = 0.5))]
async fn number_for_jitter() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(factor = "2"))]
async fn string_for_a_factor() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(factor = 0.5))]
async fn shrinking_factor() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(factor = -2))]
async fn negative_factor() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(factor = 2f32))]
async fn factor_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(factor = 1e999))]
async fn endless_factor() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(factor = f64::NAN))]
async fn factor_that_is_no_number() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, factor = -f64::INFINITY))]
async fn negative_endless_factor_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff = "exponential")]
async fn string_for_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff = 5)]
async fn number_for_backoff() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = (number_for_a_flag(), Jitter::Full);
}
