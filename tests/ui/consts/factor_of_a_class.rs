//! A factor that is not a number, in a rule.

use resilient_runtime::resilient;
use std::io;

#[resilient(on(rate_limited, factor = f64::NAN + 1.0))]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
