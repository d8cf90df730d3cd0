//! Zero attempts.

use resilient_runtime::resilient;
use std::io;

const ZERO: u32 = 0;

#[resilient(attempts = ZERO)]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
