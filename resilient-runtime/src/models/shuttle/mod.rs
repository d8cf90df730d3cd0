//! Models of several pieces together, with tasks that wait and are dropped, in many random
//! interleavings.
//!
//! The queue of a rate limit (`upstream/rate/limit.rs`) is tokio's, so no model waits in it.

mod admission;
mod budget;
mod concurrency;
mod hedge;
mod keys;

use ::shuttle::{Config, Runner, scheduler::RandomScheduler};

/// Runs a model in this many random interleavings.
fn explore(orders: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut config = Config::new();
    // Not enough is the default of 60 KiB: an upstream is moved by value.
    config.stack_size = 1 << 18;
    Runner::new(RandomScheduler::new(orders), config).run(model);
}

/// The results of a model's threads; a thread that fails makes the model fail.
fn join<T>(thread: ::shuttle::thread::JoinHandle<T>) -> T {
    thread
        .join()
        .unwrap_or_else(|_| unreachable!("a thread has failed"))
}
