//! The scope of a test.

use super::get;
use std::{
    any::Any,
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Tells a shared state from others, also when it is moved.
#[derive(Debug)]
pub(crate) struct Identity(AtomicU64);

impl Identity {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    fn get(&self) -> u64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let known = self.0.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        let new = LAST.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let set = self
            .0
            .compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
        set.err().unwrap_or(new)
    }
}

/// The shared states of an isolated test, by the identity of those of the program.
#[derive(Default)]
pub(crate) struct Fresh(Mutex<HashMap<u64, &'static (dyn Any + Send + Sync)>>);

/// The state that stands in for this one where code is isolated. It is never freed: a call may hold
/// it for any time.
pub(crate) fn fresh<'a, T: Send + Sync + 'static>(
    identity: &Identity,
    own: &'a T,
    make: impl FnOnce() -> T,
) -> &'a T {
    StandIn::here(identity, make).or(own)
}

/// What stands in for a state where code is isolated, if anything does.
#[derive(Debug)]
pub(crate) struct StandIn<T: 'static>(Option<&'static T>);

impl<T: Send + Sync + 'static> StandIn<T> {
    /// For the code that runs now.
    pub(crate) fn here(identity: &Identity, make: impl FnOnce() -> T) -> Self {
        let Some(states) = get::<Fresh>() else {
            return Self(None);
        };
        let mut states = states.0.lock().unwrap_or_else(PoisonError::into_inner);
        let state = *states
            .entry(identity.get())
            .or_insert_with(|| Box::leak(Box::new(make())));
        Self(state.downcast_ref())
    }

    /// It, or the state itself.
    pub(crate) fn or<'a>(&self, own: &'a T) -> &'a T {
        self.0.unwrap_or(own)
    }
}

/// Waits take no time.
pub(crate) struct NoWaits;

/// Whether waits take time.
pub(crate) fn has_waits() -> bool {
    get::<NoWaits>().is_none()
}
