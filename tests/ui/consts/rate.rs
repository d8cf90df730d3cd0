//! A rate of zero.

use resilient_runtime::{Rate, resilient};
use std::io;

const NONE: Rate = Rate::per_second(0);

#[resilient(requests = NONE)]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
