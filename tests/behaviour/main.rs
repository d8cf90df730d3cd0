//! The behaviour of calls: one module per feature, in simulated time and without a network.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    clippy::result_large_err,
    reason = "test code fails loudly"
)]

mod adapters;
mod admission;
mod attempt_count;
mod batcher;
mod blocking;
mod breaker;
mod budget;
mod bulk;
mod call_builder;
mod cancel;
mod cancel_composed;
mod caps;
mod chaos;
mod config;
mod counts;
mod deferral;
mod events;
mod explain;
mod failover;
mod hedge;
mod inspect;
mod limits;
mod nested;
mod peers;
mod retried_inside;
mod secrets;
mod shadow;
mod sharing;
mod shutdown;
mod split;
mod state;
mod statistics;
mod streams;
mod switch;
mod testing;
mod time;
mod timed_out;
mod until;
mod upstream;
