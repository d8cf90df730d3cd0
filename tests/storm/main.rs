//! The effect of the default policy on degraded servers, in simulated worlds: see
//! `resilient_examples::world` and `resilient_examples::burst`.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    clippy::print_stdout,
    clippy::float_cmp,
    reason = "test code fails loudly"
)]

mod broken;
mod burst;
mod closed;
mod load;
mod open;
mod scores;
mod worlds;
