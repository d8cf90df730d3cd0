//! `attempts` is a whole number of at least 1, in the attribute and in a rule.

use resilient_runtime::resilient;
use std::io;

#[resilient(attempts = "3")]
async fn string() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 0)]
async fn zero() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = -1)]
async fn negative() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 2.5)]
async fn fraction() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 3u8)]
async fn another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 5_000_000_000)]
async fn too_many() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = true)]
async fn flag() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = "none")]
async fn none() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = "unlimited")]
async fn unlimited() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = (0))]
async fn in_parentheses() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, attempts = "8"))]
async fn string_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, attempts = 0))]
async fn zero_in_on() -> io::Result<()> {
    Ok(())
}

macro_rules! with_attempts {
    ($name:ident, $attempts:expr) => {
        #[resilient(attempts = $attempts)]
        async fn $name() -> io::Result<()> {
            Ok(())
        }
    };
}

with_attempts!(from_a_macro, 0);

fn main() {
    let _ = string();
    let _ = from_a_macro();
}
