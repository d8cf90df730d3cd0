//! The arithmetic of backoff: it saturates, stays within its bounds and spreads callers.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

mod policy;
mod steps;
mod waits;

use proptest::prelude::*;
use std::time::Duration;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::from_nanos(1)),
        Just(Duration::MAX),
        (0..u64::MAX).prop_map(Duration::from_nanos),
        (0..100_000_u64).prop_map(Duration::from_millis),
    ]
}

fn any_factor() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::MAX),
        Just(-1.0),
        Just(0.0),
        Just(1e308),
        1.0..4.0,
    ]
}
