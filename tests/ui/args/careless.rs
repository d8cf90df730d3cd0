//! Mistakes of new users: settings of other libraries, and values of another kind.

use resilient_runtime::resilient;
use std::io;

#[resilient(backoff = "exponential")]
async fn backoff_as_a_kind() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff = "250ms")]
async fn backoff_as_a_wait() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "expo", initial_interval = "1s", max_interval = "9s"))]
async fn backoff_of_another_crate() -> io::Result<()> {
    Ok(())
}

#[resilient(initial_interval = "1s", retry_delay = "1s", rate_limited(attempts = 3))]
async fn settings_of_other_lists() -> io::Result<()> {
    Ok(())
}

#[resilient(on(429, attempts = 3))]
async fn rule_for_a_status() -> io::Result<()> {
    Ok(())
}

#[resilient(on("503", attempts = 3), on(418, attempts = 3))]
async fn rules_for_statuses() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 3; timeout = "1s")]
async fn semicolon() -> io::Result<()> {
    Ok(())
}

#[resilient(retries: 3)]
async fn colon() -> io::Result<()> {
    Ok(())
}

#[resilient(level = "verbose", level = "warning")]
async fn levels() -> io::Result<()> {
    Ok(())
}

fn main() {}
