//! Models of what the runtime shares between threads. The runtime's own sources are compiled here against loom's
//! primitives in `sync`; loom then runs each model in every order of its threads' steps that the memory model
//! allows, up to a number of preemptions.
//!
//! The models are functions of this library, one file a group, and the tests call them: with `cfg(test)` the sources
//! would bring their unit tests along, which run outside of loom.
#![cfg(not(test))]
#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a panic is how a model says that it does not hold"
)]

pub mod account;
pub mod breaker;
pub mod budget;
mod call;
mod clock;
#[allow(dead_code, unreachable_pub, reason = "as in `upstream`")]
#[path = "../../resilient-runtime/src/classify/limits.rs"]
mod limits;
mod now;
pub mod rate;
pub mod slots;
mod sync;
mod upstream;
mod wait;

// As the sources find them in the runtime.
use call::{Class, Policy};
use limits::Quota;

/// Runs a model in every order with at most so many preemptions.
fn explore(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}
