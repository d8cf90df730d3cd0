//! Models of several pieces together, with tasks that wait and are dropped, in many random orders of their threads' steps.
//!
//! The line of a rate limit (`upstream/bucket.rs`) is tokio's, so no model waits in it.

mod admission;
mod budget;
mod concurrency;
mod hedge;
mod keys;

/// Runs a model in so many random orders.
fn explore(orders: usize, model: impl Fn() + Sync + Send + 'static) {
    ::shuttle::check_random(model, orders);
}

/// What the threads of a model found; a thread that has failed has failed the model.
fn join<T>(thread: ::shuttle::thread::JoinHandle<T>) -> T {
    thread
        .join()
        .unwrap_or_else(|_| unreachable!("a thread has failed"))
}
