//! The sleep of a thread until its future is woken, or until a time.

use std::{
    cell::Cell,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Wake, Waker},
};
use tokio::time::Instant;

thread_local! {
    /// The sleeper of the call before, for the next one. A call inside another one has its own, so
    /// that neither takes the wake-up of the other.
    static IDLE: Cell<Option<Sleeper>> = const { Cell::new(None) };
}

/// The sleep of a thread for one future.
pub(super) struct Sleeper {
    bell: Arc<Bell>,
    waker: Waker,
}

/// Wakes the thread. A condition variable, and not [`std::thread::park`], whose token may be that
/// of the user's code.
#[derive(Default)]
struct Bell {
    has_rung: Mutex<bool>,
    rings: Condvar,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.has_rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.lock() = true;
        self.rings.notify_one();
    }
}

impl Sleeper {
    fn new() -> Self {
        let bell = Arc::<Bell>::default();
        Self {
            waker: Waker::from(Arc::clone(&bell)),
            bell,
        }
    }

    /// Lends the sleeper of this thread.
    #[inline]
    pub(super) fn lend<T>(run: impl FnOnce(&Self) -> T) -> T {
        // At the end of the thread nothing is kept any more.
        let idle = IDLE.try_with(Cell::take).ok().flatten();
        let sleeper = idle.unwrap_or_else(Self::new);
        let output = run(&sleeper);
        let _ = IDLE.try_with(|idle| idle.set(Some(sleeper)));
        output
    }

    #[inline]
    pub(super) const fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Sleeps until the future is woken, or until then. Returns the time if that has come.
    ///
    /// A clock that stands still, in a test with tokio's paused time, is moved on instead, with the
    /// feature `testing`. Without it the thread sleeps for as long.
    #[cold]
    pub(super) fn sleep(&self, until: Option<Instant>) -> Option<Instant> {
        let mut has_rung = self.bell.lock();
        let Some(until) = until else {
            while !*has_rung {
                has_rung = (self.bell.rings.wait(has_rung)).unwrap_or_else(PoisonError::into_inner);
            }
            *has_rung = false;
            return None;
        };
        #[cfg(feature = "testing")]
        if !*has_rung && super::standing::moves_on_to(until) {
            return Some(until);
        }
        let begun = std::time::Instant::now();
        let left = until.saturating_duration_since(Instant::now());
        while !*has_rung {
            let left = left.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Some(until);
            }
            let woken = self.bell.rings.wait_timeout(has_rung, left);
            (has_rung, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
        *has_rung = false;
        None
    }
}
