//! Calls of closures: what a call lacks, or has twice, is named.

use resilient_runtime::{CallError, Policy, Upstream};
use std::io;

type Answer = Result<u32, CallError<io::Error>>;

static UPSTREAM: Upstream = Upstream::new("upstream");

// An error that is neither classified nor can hold a rejection.
async fn neither() -> Result<u32, Box<str>> {
    Policy::DEFAULT.call("ask").run(async || Ok(7)).await
}

// A key without an upstream.
async fn no_upstream() -> Answer {
    Policy::DEFAULT.call("ask").key("a").run(async || Ok(7)).await
}

// A setting that is given twice.
async fn two_costs() -> Answer {
    UPSTREAM.call("ask").cost(1).cost(2).run(async || Ok(7)).await
}

fn main() {}
