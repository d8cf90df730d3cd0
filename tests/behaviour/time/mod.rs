//! Timeouts, deadlines and waits.

mod clock;
mod deadline;
mod timeout;
mod wait;

use resilient_runtime::{Backoff, Jitter, Policy};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn fixed(attempts: u32) -> Policy {
    Policy::new()
        .attempts(attempts)
        .backoff(Backoff::fixed(SECOND).jitter(Jitter::None))
}
