//! The time of a model, which passes when the model says so.

use crate::clock::Moment;
use std::cell::Cell;

/// When it begins wherever nobody sets it.
pub(super) const START: Moment = Moment(1_000_000_000);

thread_local! {
    // All threads of a model run on one thread of the system.
    static NOW: Cell<Moment> = const { Cell::new(START) };
}

pub(crate) fn now() -> Moment {
    NOW.get()
}

/// Sets the time to `to`, also to an earlier one: a model begins with that.
pub(super) fn set(to: Moment) {
    NOW.set(to);
}

/// Lets the time pass up to `to`. It never goes back.
pub(super) fn pass(to: Moment) {
    NOW.set(NOW.get().max(to));
}
