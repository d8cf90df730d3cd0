//! A deadline of zero.

use resilient_runtime::resilient;
use std::{io, time::Duration};

#[resilient(deadline = Duration::ZERO)]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
