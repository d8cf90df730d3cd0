//! The first word of `on(..)` is the name of a class.

use resilient_runtime::{Class, resilient};
use std::io;

#[resilient(on(rate_limit, attempts = 8))]
async fn misspelt() -> io::Result<()> {
    Ok(())
}

#[resilient(on(RateLimited, attempts = 8))]
async fn named_as_in_the_runtime() -> io::Result<()> {
    Ok(())
}

#[resilient(on(Class::RateLimited, attempts = 8))]
async fn path_of_the_runtime() -> io::Result<()> {
    Ok(())
}

#[resilient(on("rate_limited", attempts = 8))]
async fn in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(on(429, attempts = 8))]
async fn status() -> io::Result<()> {
    Ok(())
}

#[resilient(on(teapot, retry = true))]
async fn never_heard_of() -> io::Result<()> {
    Ok(())
}

#[resilient(on(attempts = 8))]
async fn left_out() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, overloaded, attempts = 8))]
async fn two_at_once() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = (misspelt(), Class::RateLimited);
}
