//! A duration is a string of one number and one unit.

use resilient_runtime::resilient;
use std::io;

#[resilient(timeout = 5)]
async fn bare_number() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = 2.5)]
async fn bare_fraction() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = 5_000ms)]
async fn without_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = -5)]
async fn negative_number() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "5")]
async fn no_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "5 parsecs")]
async fn unknown_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "5sec")]
async fn long_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "5 Minutes")]
async fn unit_as_a_word() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "5M")]
async fn unit_in_capitals() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "-5s")]
async fn negative() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "1h30m")]
async fn two_units() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "s")]
async fn no_number() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = ".5s")]
async fn no_digit_before_the_point() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "1e3s")]
async fn exponent() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "0.1ns")]
async fn too_fine() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "99999999999999999999d")]
async fn too_long() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = true)]
async fn flag() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "never")]
async fn never() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "None")]
async fn none_in_capitals() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "")]
async fn empty() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "0s")]
async fn zero() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline = 120)]
async fn deadline_bare_number() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline = "2 fortnights")]
async fn deadline_unknown_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline = "0ms")]
async fn deadline_zero() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline = "off")]
async fn deadline_off() -> io::Result<()> {
    Ok(())
}

#[resilient(max_retry_after = 120)]
async fn max_retry_after_bare_number() -> io::Result<()> {
    Ok(())
}

#[resilient(max_retry_after = "2x")]
async fn max_retry_after_unknown_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(max_retry_after = "none")]
async fn max_retry_after_none() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = 1, max = 30))]
async fn backoff_bare_numbers() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "1x", max = false))]
async fn backoff_no_durations() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, initial = 2, max = "30"))]
async fn on_bare_numbers() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = bare_number();
}
