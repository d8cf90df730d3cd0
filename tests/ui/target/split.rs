//! Batches that cannot be split.

use resilient_runtime::{CallError, resilient};
use std::{future::Future, io::Error};

#[resilient(split)]
async fn no_items(text: &str) -> Result<Vec<u8>, CallError<Error>> {
    Ok(text.into())
}

#[resilient(split = item)]
async fn misspelt(items: Vec<u8>) -> Result<Vec<u8>, CallError<Error>> {
    Ok(items)
}

#[resilient(split = items)]
async fn slice(items: &[u8]) -> Result<Vec<u8>, CallError<Error>> {
    Ok(items.into())
}

#[resilient(split)]
async fn one_result(items: Vec<u8>) -> Result<usize, CallError<Error>> {
    Ok(items.len())
}

#[resilient(split)]
async fn opaque(items: Vec<u8>) -> Result<Vec<impl Copy>, CallError<Error>> {
    Ok(items)
}

#[resilient(split, hedge(after = "p95"))]
async fn hedged(items: Vec<u8>) -> Result<Vec<u8>, CallError<Error>> {
    Ok(items)
}

#[resilient(split, stream = true)]
async fn stream(items: Vec<u8>) -> Result<Vec<u8>, CallError<Error>> {
    Ok(items)
}

#[resilient(split)]
fn future(items: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, CallError<Error>>> {
    async move { Ok(items) }
}

#[resilient(split("items"))]
async fn listed(items: Vec<u8>) -> Result<Vec<u8>, CallError<Error>> {
    Ok(items)
}

#[resilient(split = "items")]
async fn quoted(items: Vec<u8>) -> Result<Vec<u8>, CallError<Error>> {
    Ok(items)
}

fn main() {}
