//! Batches whose items or arguments cannot be repeated, and results that are no batch.

use resilient_runtime::{CallError, resilient};
use std::io::Error;

struct Handle;
type One = Result<u8, CallError<Error>>;

#[resilient(split)]
async fn items(items: Vec<Handle>) -> Result<Vec<usize>, CallError<Error>> {
    Ok(vec![0; items.len()])
}

#[resilient(split)]
async fn argument(items: Vec<u8>, handle: Handle) -> Result<Vec<u8>, CallError<Error>> {
    let _ = &handle;
    Ok(items)
}

#[resilient(split)]
async fn alias(items: Vec<u8>) -> One {
    Ok(items.len() as u8)
}

fn main() {}
