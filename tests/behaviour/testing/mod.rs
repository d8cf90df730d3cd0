//! The kit for tests: what it puts around a test holds inside, and nowhere else.

mod isolated;
mod lookup;
mod record;
mod scopes;
mod script;
mod streams;

use resilient_runtime::{Class, resilient};
use resilient_tests::{Counter, Failure};

/// An annotated function, which fails `failures` times. It shares a retry budget with itself.
#[resilient(attempts = 4)]
async fn ask(failures: u32, sent: &Counter) -> Result<u32, Failure> {
    match sent.count() {
        number if number > failures => Ok(number),
        _ => Err(Failure::of(Class::Overloaded)),
    }
}
