//! The attempts around the code that runs now, and what the innermost one records.

use crate::{ServerLimits, Tokens};
use std::cell::{Cell, RefCell};

thread_local! {
    static AROUND: Cell<Around> = const { Cell::new(Around(0)) };
    /// The upstreams that [`AROUND`] has no room for, the innermost last.
    static FURTHER: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static LOG: Cell<AttemptLog> = const { Cell::new(AttemptLog::NOTHING) };
}

/// The upstreams of the attempts around the code that runs now, in one word that every poll through
/// an upstream changes. Its lower half has the upstream whose permit the innermost attempt holds,
/// and the upper half that of the attempt around it. In most polls the upper half is zero.
#[derive(Clone, Copy)]
struct Around(u64);

const HALF_BITS: u32 = u32::BITS;
/// An upstream is recording.
const IS_RECORDING: u64 = 1;
/// An upstream is recording, and has a record. In the upper half, where it makes a poll a rare one.
const RECORDED: u64 = 2 << HALF_BITS;
const RECORDING_BITS: u64 = IS_RECORDING | RECORDED;
/// The bits of the innermost upstream.
const ID: u64 = u32::MAX as u64 & !3;
/// The bits of the upstream around it.
const OUTER_ID: u64 = ID << HALF_BITS;

impl Around {
    /// Inside an attempt with a permit of `upstream`, without a record yet.
    #[inline]
    const fn inside(self, upstream: u64) -> Self {
        Self((self.0 << HALF_BITS) | upstream | IS_RECORDING)
    }

    const fn with_recording(self, recording: u64) -> Self {
        Self((self.0 & !RECORDING_BITS) | recording)
    }

    /// Whether there is a second upstream, or a record.
    #[inline]
    const fn is_rare(self) -> bool {
        self.0 >> HALF_BITS != 0
    }

    /// The second upstream, if there are two.
    const fn outer(self) -> Option<u64> {
        match (self.0 & OUTER_ID) >> HALF_BITS {
            0 => None,
            id => Some(id),
        }
    }

    fn has_permit(self, upstream: u64) -> bool {
        self.0 & ID == upstream || self.outer() == Some(upstream)
    }
}

/// An upstream, or a key of it, as [`Around`] keeps it: where its state is. Two within 64 GiB of
/// memory are told apart.
#[inline]
pub(crate) fn id_of<T>(state: &T) -> u64 {
    // The state is aligned to a cache line, so the lowest bits are free.
    (std::ptr::from_ref(state).addr() as u64 >> 4) & u64::from(u32::MAX)
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

/// The state that a route replaces for one poll of a body.
pub trait PollState {
    /// The poll has ended, or panicked.
    fn restore(&mut self);
}

impl PollState for () {
    #[inline(always)]
    fn restore(&mut self) {}
}

/// For a body that may be of an upstream or not.
impl<S: PollState> PollState for Option<S> {
    #[inline(always)]
    fn restore(&mut self) {
        if let Some(state) = self {
            state.restore();
        }
    }
}

impl<A: PollState, B: PollState> PollState for (A, B) {
    #[inline(always)]
    fn restore(&mut self) {
        self.0.restore();
        self.1.restore();
    }
}

/// The state of the outer body while an inner one is polled.
pub struct Recording {
    around: Around,
    outer: Option<Box<Outer>>,
}

/// The state of the outer body that most polls do not have.
struct Outer {
    /// Its records.
    log: Option<AttemptLog>,
    /// Whether an upstream is among the [`FURTHER`] ones for it.
    is_further: bool,
}

/// Starts recording for a body that is about to be polled and holds a permit of `upstream`.
#[inline]
pub(crate) fn start_recording(upstream: u64) -> Recording {
    let around = AROUND.get();
    AROUND.set(around.inside(upstream));
    Recording {
        around,
        outer: if around.is_rare() {
            save_outer(around)
        } else {
            None
        },
    }
}

#[cold]
#[expect(clippy::unnecessary_wraps, reason = "as it is kept")]
fn save_outer(around: Around) -> Option<Box<Outer>> {
    let further = around.outer();
    FURTHER.with_borrow_mut(|upstreams| upstreams.extend(further));
    Some(Box::new(Outer {
        log: (around.0 & RECORDED != 0).then(|| LOG.get()),
        is_further: further.is_some(),
    }))
}

#[cold]
#[expect(
    clippy::boxed_local,
    clippy::needless_pass_by_value,
    reason = "it is freed here, out of line"
)]
fn restore_outer(outer: Box<Outer>) {
    if let Some(log) = outer.log {
        LOG.set(log);
    }
    if outer.is_further {
        FURTHER.with_borrow_mut(Vec::pop);
    }
}

impl PollState for Recording {
    #[inline(always)]
    fn restore(&mut self) {
        AROUND.set(self.around);
        if let Some(outer) = self.outer.take() {
            restore_outer(outer);
        }
    }
}

/// Whether an attempt around the code that runs now holds a permit of this upstream.
pub(crate) fn is_inside(upstream: u64) -> bool {
    AROUND.get().has_permit(upstream)
        || FURTHER.with_borrow(|upstreams| upstreams.contains(&upstream))
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
