//! A call of a closure that is not made.
#![deny(unused_must_use)]

use resilient_runtime::{CallError, Policy};
use std::io;

fn main() {
    Policy::DEFAULT.call::<u32, CallError<io::Error>>("ask");
}
