//! The place of a value of a configuration.

use arc_swap::{ArcSwapOption, Guard};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The place of something that is replaced while calls run.
pub(crate) struct Configured<T> {
    is_set: AtomicBool,
    value: ArcSwapOption<T>,
}

impl<T> Configured<T> {
    pub(crate) const fn new() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            value: ArcSwapOption::const_empty(),
        }
    }

    pub(crate) fn set(&self, value: Option<T>) {
        let is_set = value.is_some();
        self.value.store(value.map(Arc::new));
        self.is_set.store(is_set, Ordering::Release);
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<Guard<Option<Arc<T>>>> {
        self.is_set
            .load(Ordering::Acquire)
            .then(|| self.value.load())
    }
}

impl<T> fmt::Debug for Configured<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configured").finish_non_exhaustive()
    }
}
