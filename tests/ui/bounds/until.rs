//! Functions of another type than that of the job.

use resilient_runtime::{CallError, resilient};
use std::io::Error;

fn by_text(_: &String) -> bool {
    true
}

fn number(job: &u8) -> u8 {
    *job
}

#[resilient(until = by_text)]
async fn other_argument() -> Result<u8, CallError<Error>> {
    Ok(1)
}

#[resilient(until = number)]
async fn other_result() -> Result<u8, CallError<Error>> {
    Ok(1)
}

#[resilient(until = |job| job.is_ready())]
async fn no_such_method() -> Result<u8, CallError<Error>> {
    Ok(1)
}

#[resilient(until = is_ready)]
async fn not_found() -> Result<u8, CallError<Error>> {
    Ok(1)
}

fn main() {}
