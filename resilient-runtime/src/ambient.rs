//! What a call tells the calls made inside it, and they tell it, while its body is polled.
//!
//! A task-local would need a wrapper in the task; this is set for the time of one poll and works on any
//! executor. A task spawned by the body is a call of its own.

use crate::{Class, Limits, clock::Moment};
use std::cell::Cell;
use tokio::time::Instant;

thread_local! {
    /// When the calls around the code that runs now have to be over.
    static DEADLINE: Cell<Moment> = const { Cell::new(Moment::NEVER) };
    /// When the attempt around the code that runs now is cut.
    static ATTEMPT_END: Cell<Option<Instant>> = const { Cell::new(None) };
    /// What the call that ended last in this poll failed with, if it had used up its retries.
    static USED_UP: Cell<Option<Class>> = const { Cell::new(None) };
    /// Whether an upstream listens to the body that is polled.
    static EARS: Cell<Ears> = const { Cell::new(Ears::None) };
    static TOLD: Cell<Told> = const { Cell::new(Told::NOTHING) };
    static PERMITS: Cell<Permits> = const { Cell::new(Permits(0)) };
}

/// The upstreams whose permits the attempts around the code that runs now hold: the two innermost, in 32 bits each. More
/// would cost every call.
#[derive(Clone, Copy)]
struct Permits(u64);

impl Permits {
    #[inline]
    const fn and(self, upstream: u32) -> Self {
        Self((self.0 << 32) | upstream as u64)
    }

    fn contain(self, upstream: u32) -> bool {
        let upstream = u64::from(upstream);
        self.0 >> 32 == upstream || self.0 & u64::from(u32::MAX) == upstream
    }
}

/// What a body tells to the upstream that its attempt goes through.
#[derive(Clone, Copy, Default)]
pub(crate) struct Told {
    /// The tokens that the attempt has used.
    pub(crate) spent: Option<u64>,
    /// What the headers of an answer say of the quotas.
    pub(crate) limits: Option<Limits>,
}

impl Told {
    pub(crate) const NOTHING: Self = Self {
        spent: None,
        limits: None,
    };
}

/// Who listens to the code that runs now.
#[derive(Clone, Copy, PartialEq)]
enum Ears {
    /// Nobody: it goes through no upstream.
    None,
    Open,
    /// Somebody, and it has told something.
    Told,
}

/// What the body of a call around has told so far, while one inside is polled: it is not for the upstream of that one.
/// Dropped, in a panic too, it is what is told again.
pub struct ToldOutside {
    ears: Ears,
    permits: Permits,
    told: Option<Box<Told>>,
}

/// Before a body is polled that may tell something, and that holds a permit of `upstream`.
#[inline]
pub(crate) fn listen(upstream: u32) -> ToldOutside {
    let ears = EARS.replace(Ears::Open);
    let permits = PERMITS.get();
    PERMITS.set(permits.and(upstream));
    ToldOutside {
        ears,
        permits,
        told: if ears == Ears::Told {
            set_aside()
        } else {
            None
        },
    }
}

#[cold]
#[expect(clippy::unnecessary_wraps, reason = "as it is kept")]
fn set_aside() -> Option<Box<Told>> {
    Some(Box::new(TOLD.get()))
}

impl Drop for ToldOutside {
    #[inline]
    fn drop(&mut self) {
        EARS.set(self.ears);
        PERMITS.set(self.permits);
        if let Some(told) = self.told.take() {
            TOLD.set(*told);
        }
    }
}

/// Whether an attempt around the code that runs now holds a permit of this upstream.
pub(crate) fn is_inside(upstream: u32) -> bool {
    PERMITS.get().contain(upstream)
}

/// Whether anybody listens, so that what would be told need not be found out otherwise.
#[cfg(any(feature = "reqwest", feature = "reqwest-012"))]
pub(crate) fn is_heard() -> bool {
    EARS.get() != Ears::None
}

/// Whether the body has told something in this poll.
#[inline]
pub(crate) fn is_told() -> bool {
    EARS.get() == Ears::Told
}

pub(crate) fn take_told() -> Told {
    EARS.set(Ears::Open);
    TOLD.replace(Told::NOTHING)
}

/// Tells the innermost upstream around the code that runs now, if there is one.
pub(crate) fn tell(change: impl FnOnce(&mut Told)) {
    let mut told = match EARS.get() {
        Ears::None => return,
        Ears::Open => Told::NOTHING,
        Ears::Told => TOLD.get(),
    };
    EARS.set(Ears::Told);
    change(&mut told);
    TOLD.set(told);
}

/// The deadline of the calls around this one.
#[inline]
pub(crate) fn deadline() -> Moment {
    DEADLINE.get()
}

/// When the innermost attempt around the code that runs now is cut; never, where that is not known yet: before it first
/// has to wait.
pub(crate) fn attempt_end() -> Moment {
    ATTEMPT_END.get().map_or(Moment::NEVER, Moment::of)
}

/// One poll of an attempt that is cut at a known time. The time before comes back when it is dropped, in a panic too.
pub(crate) struct Bounded(Option<Instant>);

impl Bounded {
    #[inline]
    pub(crate) fn enter(end: Instant) -> Self {
        Self(ATTEMPT_END.replace(Some(end)))
    }
}

impl Drop for Bounded {
    #[inline]
    fn drop(&mut self) {
        ATTEMPT_END.set(self.0);
    }
}

/// Tells the call around this one how this one ended: what it failed with, if it had used up its retries.
#[inline]
pub(crate) fn ended(used_up: Option<Class>) {
    USED_UP.set(used_up);
}

/// What the call that ended last in this poll failed with, if it had used up its retries.
pub(crate) fn used_up_inside() -> Option<Class> {
    USED_UP.get()
}

/// One poll of a body: while it lives, calls inside see its call's deadline. The one before comes back when
/// it is dropped, in a panic too.
pub(crate) struct Scope {
    restored: Option<Outside>,
}

/// The deadline before.
struct Outside(Moment);

impl Scope {
    /// Without a deadline, that of the calls outside stays: most calls have none, and pay for none.
    #[inline]
    pub(crate) fn enter(deadline: Moment) -> Self {
        USED_UP.set(None);
        let restored = (!deadline.is_never()).then(|| Outside(DEADLINE.replace(deadline)));
        Self { restored }
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
