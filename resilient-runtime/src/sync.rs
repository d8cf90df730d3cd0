//! The primitives by which threads share state, and the timer, in one place: under `--cfg
//! resilient_model="loom"` or `"shuttle"` the unit tests are built with those of that model
//! checker. See `models`.

#[cfg(all(test, resilient_model = "loom"))]
mod loom;
#[cfg(all(test, resilient_model = "shuttle"))]
mod shuttle;

#[cfg(all(test, resilient_model = "loom"))]
pub(crate) use loom::*;
#[cfg(all(test, resilient_model = "shuttle"))]
pub(crate) use shuttle::*;
#[cfg(not(all(test, any(resilient_model = "loom", resilient_model = "shuttle"))))]
pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering},
};
#[cfg(not(all(test, resilient_model = "shuttle")))]
pub(crate) use tokio::time::{Sleep, sleep_until};

/// The lock's guard. What is locked here is never left half-changed by a panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
