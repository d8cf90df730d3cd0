//! Thread-local data that a call shares with the calls inside it while its body is polled.
//!
//! A task-local would need a wrapper in the task; this is set for the time of one poll and works on
//! any executor. A task spawned by the body is a call of its own.

mod around;
mod used_up;

use crate::clock::Moment;
pub use around::Recording;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) use around::is_recording;
pub(crate) use around::{
    AttemptLog, has_recorded, id_of, is_inside, log, start_recording, take_log,
};
use std::cell::{Cell, RefCell};
use tokio::time::Instant;
pub(crate) use used_up::{UsedUp, take_used_up, used_up};

thread_local! {
    /// When the calls around the code that runs now have to be over.
    static DEADLINE: Cell<Moment> = const { Cell::new(Moment::UNSET) };
    /// When the attempt around the code that runs now is cut.
    static ATTEMPT_END: Cell<Option<Instant>> = const { Cell::new(None) };
    /// Whether a request was dropped before its response came.
    #[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
    static HAS_CUT: Cell<bool> = const { Cell::new(false) };
    /// The call sites whose fallback is being polled around the code that runs now.
    static FALLING_BACK: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The deadline of the calls around this one.
#[inline]
pub(crate) fn deadline() -> Moment {
    DEADLINE.get()
}

/// When the innermost attempt around the code that runs now is cut; never, where that is not known
/// yet: before it first has to wait.
pub(crate) fn attempt_end() -> Moment {
    ATTEMPT_END.get().map_or(Moment::UNSET, Moment::of)
}

/// One poll of an attempt that is cut at a known time. The time before comes back when it is
/// dropped, in a panic too.
pub(crate) struct Bounded(Option<Instant>);

impl Bounded {
    #[inline]
    pub(crate) fn enter(end: Instant) -> Self {
        let outside = ATTEMPT_END.get();
        // The earlier of the two cuts the inner attempt.
        ATTEMPT_END.set(Some(outside.map_or(end, |outside| outside.min(end))));
        Self(outside)
    }
}

impl Drop for Bounded {
    #[inline]
    fn drop(&mut self) {
        ATTEMPT_END.set(self.0);
    }
}

/// One poll of the fallback of a call site, by the address of the site. Calls inside see it until
/// this is dropped, in a panic too.
pub(crate) struct FallingBack;

impl FallingBack {
    pub(crate) fn enter(site: usize) -> Self {
        FALLING_BACK.with_borrow_mut(|sites| sites.push(site));
        Self
    }
}

impl Drop for FallingBack {
    fn drop(&mut self) {
        FALLING_BACK.with_borrow_mut(Vec::pop);
    }
}

/// Whether the code that runs now is part of the fallback of this call site.
pub(crate) fn is_falling_back(site: usize) -> bool {
    FALLING_BACK.with_borrow(|sites| sites.contains(&site))
}

/// Tells that a request was dropped before its response came.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) fn cut_request() {
    HAS_CUT.set(true);
}

/// Takes the note that a request was dropped with the body of an attempt at its time limit.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) fn has_cut_request() -> bool {
    HAS_CUT.take()
}

/// Earlier requests have nothing to do with the rejection that may follow.
#[cold]
pub(crate) fn forget_cut_request() {
    #[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
    HAS_CUT.set(false);
}

/// One poll of a body: while it lives, calls inside see its call's deadline. The one before comes
/// back when it is dropped, in a panic too.
pub(crate) struct Scope {
    restored: Option<Outside>,
    /// How many failures of the calls around this one are noted.
    noted: usize,
}

/// The deadline before.
struct Outside(Moment);

impl Scope {
    /// Without a deadline, that of the calls outside stays: most calls have none, and pay for none.
    #[inline]
    pub(crate) fn enter(deadline: Moment) -> Self {
        let restored = (!deadline.is_unset()).then(|| Outside(DEADLINE.replace(deadline)));
        Self {
            restored,
            noted: used_up::count(),
        }
    }

    /// How many failures of calls around this one are noted, if calls inside have noted theirs in
    /// this poll: [`take_used_up`] takes those.
    #[inline]
    pub(crate) fn has_used_up_inside(&self) -> Option<usize> {
        (used_up::count() != self.noted).then_some(self.noted)
    }
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        if let Some(Outside(outside)) = self.restored {
            DEADLINE.set(outside);
        }
    }
}
