//! Thread-local data that a call shares with the calls inside it while its body is polled.
//!
//! A task-local would need a wrapper in the task; this is set for the time of one poll and works on
//! any executor. A task spawned by the body is a call of its own.

mod used_up;

use crate::{ServerLimits, Tokens, clock::Moment};
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
    static AROUND: Cell<Around> = const { Cell::new(Around(0)) };
    static LOG: Cell<AttemptLog> = const { Cell::new(AttemptLog::NOTHING) };
}

/// The upstreams of the attempts around the code that runs now, in one word that every poll through
/// an upstream changes. The lowest two bits say whether an upstream is recording, and has a record;
/// above them are the upstreams whose permits the two innermost attempts hold, in 31 bits each.
#[derive(Clone, Copy)]
struct Around(u64);

/// An upstream is recording.
const IS_RECORDING: u64 = 1;
/// An upstream is recording, and has a record.
const RECORDED: u64 = 2;
const RECORDING_BITS: u64 = IS_RECORDING | RECORDED;
const ID_BITS: u32 = 31;
/// The bits of the innermost upstream.
const ID: u64 = ((1 << ID_BITS) - 1) << 2;

impl Around {
    /// Inside an attempt with a permit of `upstream`, without a record yet.
    #[inline]
    const fn inside(self, upstream: u64) -> Self {
        let outside = (self.0 & !RECORDING_BITS) << ID_BITS;
        Self(outside | upstream | IS_RECORDING)
    }

    const fn with_recording(self, recording: u64) -> Self {
        Self((self.0 & !RECORDING_BITS) | recording)
    }

    fn has_permit(self, upstream: u64) -> bool {
        [self.0 & ID, (self.0 >> ID_BITS) & ID].contains(&upstream)
    }
}

/// An upstream, or a key of it, as [`Around`] keeps it: where its state is, in cache lines. Two
/// within 64 GiB of memory are told apart.
#[inline]
pub(crate) fn id_of<T>(state: &T) -> u64 {
    // The state is aligned to a cache line, so the lowest bits are free.
    (std::ptr::from_ref(state).addr() as u64 >> 3) & ID
}

/// The records of a body for its upstream.
#[derive(Clone, Copy, Default)]
pub(crate) struct AttemptLog {
    /// The tokens that the attempt has used.
    pub(crate) tokens: Option<Tokens>,
    /// The limits in the headers of an answer.
    pub(crate) limits: Option<ServerLimits>,
}

impl AttemptLog {
    pub(crate) const NOTHING: Self = Self {
        tokens: None,
        limits: None,
    };
}

/// Saves the records of the outer body while an inner one is polled. Dropping it, also in a panic,
/// restores them.
pub struct Recording {
    around: Around,
    outer: Option<Box<AttemptLog>>,
}

/// Starts recording for a body that is about to be polled and holds a permit of `upstream`.
#[inline]
pub(crate) fn record(upstream: u64) -> Recording {
    let around = AROUND.get();
    AROUND.set(around.inside(upstream));
    Recording {
        around,
        outer: if around.0 & RECORDED != 0 {
            save_outer_log()
        } else {
            None
        },
    }
}

#[cold]
#[expect(clippy::unnecessary_wraps, reason = "as it is kept")]
fn save_outer_log() -> Option<Box<AttemptLog>> {
    Some(Box::new(LOG.get()))
}

impl Drop for Recording {
    #[inline]
    fn drop(&mut self) {
        AROUND.set(self.around);
        if let Some(outer) = self.outer.take() {
            LOG.set(*outer);
        }
    }
}

/// Whether an attempt around the code that runs now holds a permit of this upstream.
pub(crate) fn is_inside(upstream: u64) -> bool {
    AROUND.get().has_permit(upstream)
}

/// Whether a record would be used: it need not be made otherwise.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) fn is_recording() -> bool {
    AROUND.get().0 & RECORDING_BITS != 0
}

/// Whether the body has recorded something in this poll.
#[inline]
pub(crate) fn has_recorded() -> bool {
    AROUND.get().0 & RECORDED != 0
}

pub(crate) fn take_log() -> AttemptLog {
    AROUND.set(AROUND.get().with_recording(IS_RECORDING));
    LOG.replace(AttemptLog::NOTHING)
}

/// Records for the innermost upstream around the running code, if there is one.
pub(crate) fn log(change: impl FnOnce(&mut AttemptLog)) {
    let around = AROUND.get();
    let mut log = match around.0 & RECORDING_BITS {
        0 => return,
        IS_RECORDING => AttemptLog::NOTHING,
        _ => LOG.get(),
    };
    AROUND.set(around.with_recording(RECORDED));
    change(&mut log);
    LOG.set(log);
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
