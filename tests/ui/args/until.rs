//! Values that are no function of a job's state.

use resilient_runtime::resilient;
use std::io;

#[resilient(until = "ready")]
async fn quoted() -> io::Result<u8> {
    Ok(1)
}

#[resilient(until = true)]
async fn flag() -> io::Result<u8> {
    Ok(1)
}

#[resilient(until(is_ready))]
async fn listed() -> io::Result<u8> {
    Ok(1)
}

#[resilient(poll_until = is_ready)]
async fn named_so_elsewhere() -> io::Result<u8> {
    Ok(1)
}

fn main() {}
