//! The runtime's sources of the concurrency limit.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "a model uses a part of what it includes"
)]

#[path = "../../resilient-runtime/src/upstream/adaptive.rs"]
mod adaptive;
#[path = "../../resilient-runtime/src/upstream/concurrency.rs"]
pub(super) mod concurrency;
#[path = "../../resilient-runtime/src/upstream/line.rs"]
mod line;
#[path = "../../resilient-runtime/src/upstream/slots.rs"]
pub(super) mod slots;
