//! The documents agree with the code.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

mod costs;
mod faults;
mod form;
mod grammar;
mod guide;
mod layers;
mod manifests;
mod metrics;
mod names;
mod readme;
mod schedule;
