//! A breaker that never opens.

use resilient_runtime::resilient;
use std::io;

const NONE: f64 = 0.0;

#[resilient(breaker(failure_ratio = NONE))]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
