//! Models of what is too large for loom: several pieces of the runtime together, with tasks that wait and are dropped.
//! The runtime's own sources are compiled here against shuttle's primitives in `sync`; shuttle then runs each model in
//! many random orders of its threads' steps, all of them sequentially consistent.
//!
//! What rests on tokio's semaphore and timers (`bucket.rs`, `shared.rs`) is not compiled here: the line of the limiter is
//! tokio's, and how an attempt is admitted is written down again in `admit`.
//!
//! The models are functions of this library, one file a group, and the tests call them: with `cfg(test)` the sources
//! would bring their unit tests along, which run outside of shuttle.
#![cfg(not(test))]
#![allow(
    clippy::missing_panics_doc,
    reason = "that is how a model says that it does not hold"
)]

pub mod admit;
pub mod budget;
#[path = "../loom/call.rs"]
mod call;
#[path = "../loom/clock.rs"]
mod clock;
mod hedge;
pub mod keys;
#[path = "../../resilient-runtime/src/classify/limits.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "a model uses a part of what it includes"
)]
mod limits;
#[path = "../loom/now.rs"]
mod now;
pub mod race;
pub mod slots;
mod sync;
mod upstream;
mod wait;

// As the sources find them in the runtime.
use call::{Class, Policy};
use hedge::{event, plan};
use limits::Quota;

/// Runs a model in so many random orders.
fn explore(orders: usize, model: impl Fn() + Sync + Send + 'static) {
    shuttle::check_random(model, orders);
}

/// What the threads of a model found; a thread that has failed has failed the model.
fn join<T>(thread: shuttle::thread::JoinHandle<T>) -> T {
    thread
        .join()
        .unwrap_or_else(|_| unreachable!("a thread has failed"))
}
