//! Limits of one function: `requests`, `tokens` and `concurrency`.

use resilient_runtime::resilient;
use std::io;

#[resilient(requests = 10)]
async fn rate_without_a_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(requests = "10")]
async fn rate_without_a_unit_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(requests = "10/m")]
async fn a_minute_by_another_name() -> io::Result<()> {
    Ok(())
}

#[resilient(requests = "10/week")]
async fn unknown_unit() -> io::Result<()> {
    Ok(())
}

#[resilient(requests = "0/s")]
async fn no_rate() -> io::Result<()> {
    Ok(())
}

#[resilient(requests = "1.5/s")]
async fn part_of_a_request() -> io::Result<()> {
    Ok(())
}

#[resilient(requests("10/s", burst = 0))]
async fn no_burst() -> io::Result<()> {
    Ok(())
}

#[resilient(requests(burst = 20))]
async fn a_burst_of_nothing() -> io::Result<()> {
    Ok(())
}

#[resilient(tokens("100/s", bust = 20))]
async fn misspelt_in_tokens() -> io::Result<()> {
    Ok(())
}

#[resilient(rpm = 500)]
async fn rate_named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

#[resilient(tokens_per_minute = 500)]
async fn tokens_named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency = 0)]
async fn nothing_at_one_time() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency = "8")]
async fn concurrency_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency(queue = 10))]
async fn a_queue_for_nothing() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency(min = 4))]
async fn one_bound() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency(min = 8, max = 4))]
async fn bounds_in_the_wrong_order() -> io::Result<()> {
    Ok(())
}

#[resilient(concurrency(8, max = 16))]
async fn a_limit_and_a_bound() -> io::Result<()> {
    Ok(())
}

#[resilient(max_concurrent = 8)]
async fn concurrency_named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

fn main() {}
