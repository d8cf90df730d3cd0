//! Unknown names: the answer is the nearest argument, and the list of all.

use resilient_runtime::resilient;
use std::io;

#[resilient(atempts = 3)]
async fn misspelt() -> io::Result<()> {
    Ok(())
}

#[resilient(Attempts = 3)]
async fn wrong_case() -> io::Result<()> {
    Ok(())
}

#[resilient(max_retries = 3)]
async fn named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

#[resilient(banana = 3)]
async fn never_heard_of() -> io::Result<()> {
    Ok(())
}

#[resilient(banana)]
async fn never_heard_of_and_alone() -> io::Result<()> {
    Ok(())
}

#[resilient(skip(prompt))]
async fn list_named_so_elsewhere(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(initial = "1s")]
async fn one_of_backoff_on_its_own() -> io::Result<()> {
    Ok(())
}

#[resilient(rate_limited(attempts = 8))]
async fn class_without_on() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(intial = "1s"))]
async fn misspelt_in_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(multiplier = 2))]
async fn named_so_elsewhere_in_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(attempts = 2))]
async fn known_but_not_in_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, attemps = 2))]
async fn misspelt_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, max_delay = "2s"))]
async fn named_so_elsewhere_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, timeout = "2s"))]
async fn known_but_not_in_on() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = misspelt();
    let _ = list_named_so_elsewhere(String::new());
}
