//! The time of a model that lets it pass. It begins at the same moment wherever nobody sets it.

use crate::clock::Moment;
use std::cell::Cell;

pub(crate) const START: Moment = Moment(1_000_000_000);

thread_local! {
    // All threads of a model run on one thread of the system.
    static NOW: Cell<Moment> = const { Cell::new(START) };
}

impl Moment {
    pub(crate) fn now() -> Self {
        NOW.get()
    }

    pub(crate) fn is_never(self) -> bool {
        self == Self::NEVER
    }
}

/// Sets the time to `to`, also to an earlier one: a model begins with that.
pub(crate) fn set(to: Moment) {
    NOW.set(to);
}

/// Lets the time pass up to `to`. It never goes back.
pub(crate) fn pass(to: Moment) {
    NOW.set(NOW.get().max(to));
}
