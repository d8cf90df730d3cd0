//! What a plain function cannot have, since it blocks its thread.

use resilient_runtime::{CallError, resilient};
use futures_core::Stream;
use std::{io, pin::Pin, time::Duration};

type Answer = Result<String, CallError<io::Error>>;

const TIMEOUT: Duration = Duration::from_secs(1);

#[resilient(timeout = "30s")]
fn timed() -> Answer {
    Ok(String::new())
}

#[resilient(timeout = TIMEOUT, attempts = 2)]
fn timed_by_a_constant() -> Answer {
    Ok(String::new())
}

#[resilient(first = "3m", idle = "1m")]
fn timed_like_a_stream() -> Answer {
    Ok(String::new())
}

#[resilient(hedge(after = "1s"))]
fn hedged() -> Answer {
    Ok(String::new())
}

#[resilient(body = true)]
fn read() -> Answer {
    Ok(String::new())
}

#[resilient(content = String::is_empty)]
fn content() -> Answer {
    Ok(String::new())
}

#[resilient]
fn streamed() -> Result<Pin<Box<dyn Stream<Item = io::Result<u8>> + Send>>, CallError<io::Error>> {
    Err(io::Error::other("no stream").into())
}

fn main() {}
