//! A factor below 1.

use resilient_runtime::resilient;
use std::io;

const HALF: f64 = 0.5;

#[resilient(backoff(factor = HALF))]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
