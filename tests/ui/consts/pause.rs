//! A first pause above the longest pause.

use resilient_runtime::resilient;
use std::{io, time::Duration};

const LONG: Duration = Duration::from_secs(600);

#[resilient(breaker(break_duration = LONG))]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
