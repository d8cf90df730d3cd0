//! Observers for tests, which share a process.

use resilient_runtime::{Event, Observation, Observer, observe};
use std::thread;

/// Registers an observer of the calls that are made on this thread, and of no other test.
pub(crate) fn observe_here(observer: impl Observer + 'static) -> Observation {
    let here = thread::current().id();
    observe(move |event: &Event<'_>| {
        if thread::current().id() == here {
            observer.observe(event);
        }
    })
}
