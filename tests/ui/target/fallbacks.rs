//! Closures of a fallback that do not take all arguments and the error.

use resilient_runtime::resilient;
use std::io;

#[resilient(fallback = |error| Err(error))]
async fn without_the_arguments(id: u8) -> io::Result<()> {
    let _ = id;
    Ok(())
}

#[resilient(fallback(timeout = |_, _, error| Err(error)))]
async fn with_one_too_many(id: u8) -> io::Result<()> {
    let _ = id;
    Ok(())
}

fn main() {
    let _ = without_the_arguments(0);
}
