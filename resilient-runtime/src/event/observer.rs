//! Observers of events.

use super::Event;
use std::{
    cell::Cell,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// Hears of every event of all calls and upstreams, once it is registered with [`observe`].
///
/// It is called in the place where the event happens, within a call, and never under a lock: the
/// call takes longer by its time, so it should count or hand on. [`Buffered`](super::Buffered) runs
/// a slow one on a thread of its own. Events of resilient calls that it makes itself are not
/// observed again.
///
/// An observer that panics is switched off: the calls go on, and one event `observer panicked` of
/// level ERROR says so.
pub trait Observer: Send + Sync {
    /// Something has happened.
    fn observe(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn observe(&self, event: &Event<'_>) {
        self(event);
    }
}

/// An observer that is registered, until it is stopped. Dropping this changes nothing.
#[derive(Clone)]
pub struct Observation(Arc<Registered>);

struct Registered {
    observer: Box<dyn Observer>,
    is_off: AtomicBool,
}

/// The observers, in the order of their registration. A list is never changed, but replaced: it is
/// called without a lock.
static OBSERVERS: RwLock<Option<Arc<[Arc<Registered>]>>> = RwLock::new(None);
/// Twice their number, and one more if statistics are kept.
static INTEREST: AtomicUsize = AtomicUsize::new(0);
const STATISTICS: usize = 1;
const OBSERVER: usize = 2;

thread_local! {
    /// Whether this thread is inside an observer.
    static IS_OBSERVING: Cell<bool> = const { Cell::new(false) };
}

/// Registers an observer of all events from now on.
///
/// ```
/// use resilient_runtime::{EventKind, observe};
///
/// observe(|event: &resilient_runtime::Event<'_>| {
///     if let EventKind::GivingUp { failed, reason, .. } = &event.kind {
///         eprintln!("{:?}: {} ({})", event.function(), failed.failure.class, reason.as_str());
///     }
/// });
/// ```
///
/// There is no need to keep what it returns; [`Observation::stop`] removes the observer.
pub fn observe(observer: impl Observer + 'static) -> Observation {
    let registered = Arc::new(Registered {
        observer: Box::new(observer),
        is_off: AtomicBool::new(false),
    });
    let added = Arc::clone(&registered);
    change(|all| all.push(added));
    Observation(registered)
}

fn change(with: impl FnOnce(&mut Vec<Arc<Registered>>)) {
    let mut observers = OBSERVERS.write().unwrap_or_else(PoisonError::into_inner);
    let mut all = observers.as_deref().map_or_else(Vec::new, <[_]>::to_vec);
    let before = all.len();
    with(&mut all);
    let (more, fewer) = (
        all.len().saturating_sub(before),
        before.saturating_sub(all.len()),
    );
    INTEREST.fetch_add(more.saturating_mul(OBSERVER), Ordering::Relaxed);
    INTEREST.fetch_sub(fewer.saturating_mul(OBSERVER), Ordering::Relaxed);
    *observers = Some(all.into());
}

impl Observation {
    /// Removes the observer: it hears of no event that happens from now on. A call of it that runs
    /// on another thread ends by itself.
    pub fn stop(&self) {
        self.0.is_off.store(true, Ordering::Relaxed);
        change(|all| all.retain(|it| !Arc::ptr_eq(it, &self.0)));
    }

    /// Whether it still hears of events: it was not stopped, and has not panicked.
    pub fn is_active(&self) -> bool {
        !self.0.is_off.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation")
            .field("is_active", &self.is_active())
            .finish_non_exhaustive()
    }
}

/// Whether anything hears of events: an observer, or the statistics.
#[inline]
pub(super) fn is_recording() -> bool {
    INTEREST.load(Ordering::Relaxed) != 0
}

/// Whether there is an observer, apart from the statistics.
#[inline]
pub(super) fn is_observing() -> bool {
    INTEREST.load(Ordering::Relaxed) > STATISTICS
}

/// Whether statistics are kept.
#[inline]
pub(crate) fn is_counting() -> bool {
    INTEREST.load(Ordering::Relaxed) & STATISTICS != 0
}

/// Keeps statistics from now on, or no longer.
pub(crate) fn set_counting(is_counting: bool) {
    if is_counting {
        INTEREST.fetch_or(STATISTICS, Ordering::Relaxed);
    } else {
        INTEREST.fetch_and(!STATISTICS, Ordering::Relaxed);
    }
}

/// This thread is that of an observer: its calls are not observed.
pub(super) fn is_observer_from_now_on() {
    IS_OBSERVING.set(true);
}

/// Inside an observer, until this is dropped: also if a subscriber panics that hears of it.
struct Observing;

impl Observing {
    /// `None` inside an observer already, and in a thread that ends.
    fn begin() -> Option<Self> {
        let is_outer = IS_OBSERVING.try_with(|it| !it.replace(true));
        is_outer.is_ok_and(|it| it).then_some(Self)
    }
}

impl Drop for Observing {
    fn drop(&mut self) {
        let _ = IS_OBSERVING.try_with(|it| it.set(false));
    }
}

/// Tells all observers.
pub(super) fn emit(event: &Event<'_>) {
    let Some(_observing) = Observing::begin() else {
        return;
    };
    let observers = OBSERVERS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    for registered in observers.iter().flat_map(|all| all.iter()) {
        registered.tell(event);
    }
}

impl Registered {
    fn tell(self: &Arc<Self>, event: &Event<'_>) {
        if self.is_off.load(Ordering::Relaxed) {
            return;
        }
        let told = catch_unwind(AssertUnwindSafe(|| self.observer.observe(event)));
        if told.is_err() && !self.is_off.swap(true, Ordering::Relaxed) {
            Observation(Arc::clone(self)).stop();
            super::sink::observer_panicked();
        }
    }
}
