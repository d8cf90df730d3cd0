//! A concurrency limit of zero.

use resilient_runtime::resilient;
use std::io;

const NONE: u32 = 0;

#[resilient(concurrency = NONE)]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
