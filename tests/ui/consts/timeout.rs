//! A timeout of zero.

use resilient_runtime::resilient;
use std::{io, time::Duration};

const NO_TIME: Duration = Duration::ZERO;

#[resilient(timeout = NO_TIME)]
async fn call() -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(call());
}
