//! The attribute in a form that no attribute macro can have, and in a place that is none.

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
