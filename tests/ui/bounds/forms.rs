//! The attribute in an invalid form, or in an invalid place.

use resilient_runtime::resilient;
use std::io;

#[resilient = 5]
async fn with_an_equals_sign() -> io::Result<()> {
    Ok(())
}

#[resilient = "attempts = 5"]
async fn with_a_string() -> io::Result<()> {
    Ok(())
}

fn main() {}
