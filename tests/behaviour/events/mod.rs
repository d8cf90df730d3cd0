//! Events and spans.

mod attempts;
mod fallbacks;
mod observer;
mod spans;
mod subscriber;
mod upstream;

use resilient_runtime::{Backoff, Jitter, Policy};
use std::time::Duration;

fn fixed() -> Policy {
    Policy::new()
        .attempts(3)
        .backoff(Backoff::fixed(Duration::from_secs(2)).jitter(Jitter::None))
}
