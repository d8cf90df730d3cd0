//! Settings of `breaker(..)`.

use resilient_runtime::resilient;
use std::io;

#[resilient(breaker = true)]
async fn breaker_as_a_flag() -> io::Result<()> {
    Ok(())
}

#[resilient(circuit_breaker)]
async fn named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(failure_ratio = 50))]
async fn ratio_in_percent() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(failure_ratio = "50%"))]
async fn ratio_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(failure_ratio = f64::NAN))]
async fn ratio_that_is_no_number() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(failure_ratio = 0.0))]
async fn no_ratio() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(window = "0s"))]
async fn no_window() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(min_calls = 0, consecutive = 0))]
async fn no_calls() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(slow = 10))]
async fn time_without_a_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(slow_ratio = 0.5))]
async fn part_of_no_slow_calls() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(break_duration = "0s"))]
async fn no_pause() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(break_duration = "2m"))]
async fn pause_above_the_longest_by_default() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(break_duration = "2m", max_break_duration = "1m"))]
async fn pause_above_the_longest() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(max_break_duration = "1s"))]
async fn longest_pause_below_the_first_by_default() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(factor = 0.5))]
async fn pauses_that_shrink() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(half_open_probes = 0))]
async fn no_probes() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(half_open_probes = 65))]
async fn too_many_probes() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker(threshold = 0.5))]
async fn ratio_named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

fn main() {}
