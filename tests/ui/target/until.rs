//! Functions that cannot be polled until a job is ready.

use futures_core::Stream;
use resilient_runtime::{CallError, resilient};
use std::io::Error;

#[resilient(until = is_ready)]
async fn stream() -> Result<impl Stream<Item = Result<u8, Error>>, CallError<Error>> {
    Ok(items())
}

#[resilient(split, until = is_ready)]
async fn batch(items: Vec<u8>) -> Result<Vec<u8>, CallError<Error>> {
    Ok(items)
}

fn main() {}
