//! A first wait above the longest wait.

use resilient_runtime::resilient;
use std::{io, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);

#[resilient(backoff(initial = MINUTE))]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
