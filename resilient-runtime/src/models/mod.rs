//! Models of the state that calls share between threads. They use the crate's own code: under a cfg
//! of our own, `sync` takes the primitives of a model checker in place of the standard library's,
//! and `Moment::now` the time of the model.
//!
//! - `RUSTFLAGS='--cfg resilient_model="loom"'`: small pieces, in every interleaving that the
//!   memory model allows, up to a number of preemptions.
//! - `RUSTFLAGS='--cfg resilient_model="shuttle"'`: larger pieces, with tasks that wait and are
//!   dropped, in many random interleavings, all sequentially consistent.
//!
//! With either, `cargo test --package resilient-runtime --lib models::` runs the models. The other
//! unit tests are built too, but not run: these primitives do not work outside a model.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a panic is how a model says that it does not hold"
)]

mod call;
pub(crate) mod clock;
#[cfg(resilient_model = "loom")]
mod loom;
#[cfg(all(resilient_model = "loom", feature = "sharing"))]
pub(crate) use loom::explore;
#[cfg(resilient_model = "shuttle")]
mod shuttle;
