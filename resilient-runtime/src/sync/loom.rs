//! Loom's primitives under the names of the standard library's. Loom's cannot be made in a `const`,
//! so they are made when they are first used, which has to be inside a model.
#![allow(clippy::expect_used, reason = "a model fails loudly")]

pub(crate) use loom::sync::{MutexGuard, atomic::Ordering};
use std::sync::{LockResult, OnceLock, TryLockResult};

pub(crate) struct AtomicU64 {
    initial: u64,
    made: OnceLock<loom::sync::atomic::AtomicU64>,
}

impl std::fmt::Debug for AtomicU64 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AtomicU64").finish_non_exhaustive()
    }
}

impl AtomicU64 {
    pub(crate) const fn new(initial: u64) -> Self {
        Self {
            initial,
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> &loom::sync::atomic::AtomicU64 {
        self.made
            .get_or_init(|| loom::sync::atomic::AtomicU64::new(self.initial))
    }

    pub(crate) fn load(&self, order: Ordering) -> u64 {
        self.made().load(order)
    }

    pub(crate) fn store(&self, value: u64, order: Ordering) {
        self.made().store(value, order);
    }

    pub(crate) fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
        self.made().fetch_add(value, order)
    }

    pub(crate) fn fetch_sub(&self, value: u64, order: Ordering) -> u64 {
        self.made().fetch_sub(value, order)
    }

    pub(crate) fn fetch_max(&self, value: u64, order: Ordering) -> u64 {
        self.made().fetch_max(value, order)
    }

    pub(crate) fn compare_exchange(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u64, u64> {
        self.made().compare_exchange(current, new, success, failure)
    }

    /// Never fails without a reason: loom has no weak exchange.
    pub(crate) fn compare_exchange_weak(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u64, u64> {
        self.compare_exchange(current, new, success, failure)
    }

    pub(crate) fn swap(&self, value: u64, order: Ordering) -> u64 {
        self.made().swap(value, order)
    }

    pub(crate) fn fetch_update(
        &self,
        set: Ordering,
        fetch: Ordering,
        step: impl FnMut(u64) -> Option<u64>,
    ) -> Result<u64, u64> {
        self.made().fetch_update(set, fetch, step)
    }
}

impl<T> std::fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mutex").finish_non_exhaustive()
    }
}

pub(crate) struct Mutex<T> {
    initial: std::sync::Mutex<Option<T>>,
    made: OnceLock<loom::sync::Mutex<T>>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(initial: T) -> Self {
        Self {
            initial: std::sync::Mutex::new(Some(initial)),
            made: OnceLock::new(),
        }
    }

    fn made(&self) -> &loom::sync::Mutex<T> {
        self.made.get_or_init(|| {
            let initial = self.initial.lock().expect("made without a panic").take();
            loom::sync::Mutex::new(initial.expect("made once"))
        })
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.made().lock()
    }

    pub(crate) fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.made().try_lock()
    }
}
