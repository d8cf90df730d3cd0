//! What a call tells the calls made inside it, and they tell it, while its body is polled.
//!
//! A task-local would need a wrapper in the task; this is set for the time of one poll and works on any
//! executor. A task spawned by the body is a call of its own.

use crate::{Class, Limits, clock::Moment};
use std::cell::Cell;

thread_local! {
    /// When the calls around the code that runs now have to be over.
    static DEADLINE: Cell<Moment> = const { Cell::new(Moment::NEVER) };
    /// What the call that ended last in this poll failed with, if it had used up its retries.
    static USED_UP: Cell<Option<Class>> = const { Cell::new(None) };
    /// Whether a body has told something to the upstream that its attempt goes through.
    static IS_TOLD: Cell<bool> = const { Cell::new(false) };
    static TOLD: Cell<Told> = const { Cell::new(Told::NOTHING) };
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

/// What the body of a call around has told so far, while one inside is polled: it is not for the upstream of that one.
/// Dropped, as in a panic, it is what is told again.
pub struct ToldOutside(Option<Box<Told>>);

/// Before a body is polled that may tell something.
#[inline]
pub(crate) fn listen() -> ToldOutside {
    if IS_TOLD.replace(false) {
        ToldOutside::set_aside()
    } else {
        ToldOutside(None)
    }
}

impl ToldOutside {
    #[cold]
    fn set_aside() -> Self {
        Self(Some(Box::new(TOLD.get())))
    }

    #[cold]
    fn tell_again(told: &Told) {
        TOLD.set(*told);
        IS_TOLD.set(true);
    }

    /// After that body was polled.
    #[inline]
    pub(crate) fn restore(mut self) {
        if let Some(told) = self.0.take() {
            Self::tell_again(&told);
        }
        std::mem::forget(self);
    }
}

impl Drop for ToldOutside {
    fn drop(&mut self) {
        match self.0.take() {
            Some(told) => Self::tell_again(&told),
            None => IS_TOLD.set(false),
        }
    }
}

/// Whether the body has told something in this poll.
#[inline]
pub(crate) fn is_told() -> bool {
    IS_TOLD.get()
}

pub(crate) fn take_told() -> Told {
    IS_TOLD.set(false);
    TOLD.replace(Told::NOTHING)
}

/// Tells the innermost upstream around the code that runs now, if there is one.
pub(crate) fn tell(change: impl FnOnce(&mut Told)) {
    let mut told = if IS_TOLD.replace(true) {
        TOLD.get()
    } else {
        Told::NOTHING
    };
    change(&mut told);
    TOLD.set(told);
}

/// The deadline of the calls around this one.
#[inline]
pub(crate) fn deadline() -> Moment {
    DEADLINE.get()
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
