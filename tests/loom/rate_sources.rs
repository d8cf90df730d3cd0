//! The runtime's sources of the limiter.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "a model uses a part of what it includes"
)]

#[path = "../../resilient-runtime/src/upstream/current.rs"]
mod current;
#[path = "../../resilient-runtime/src/upstream/learn.rs"]
mod learn;
#[path = "../../resilient-runtime/src/upstream/meter.rs"]
pub(super) mod meter;
#[path = "../../resilient-runtime/src/upstream/rate.rs"]
pub(super) mod rate;
#[path = "../../resilient-runtime/src/upstream/reading.rs"]
mod reading;
#[path = "../../resilient-runtime/src/upstream/terms.rs"]
pub(super) mod terms;
#[path = "../../resilient-runtime/src/upstream/throttle.rs"]
mod throttle;
