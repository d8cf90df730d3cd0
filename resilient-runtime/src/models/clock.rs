//! The time of a model, set explicitly by the model.

use crate::clock::Moment;
use std::cell::Cell;

/// The initial time, unless a model sets another.
pub(super) const START: Moment = Moment(1_000_000_000);

thread_local! {
    // All threads of a model run on one system thread.
    static NOW: Cell<Moment> = const { Cell::new(START) };
}

pub(crate) fn now() -> Moment {
    NOW.get()
}

/// Sets the time, possibly to an earlier one: a model begins with that.
pub(super) fn set(to: Moment) {
    NOW.set(to);
}

/// Advances the time to `to`. It never goes back.
pub(super) fn pass(to: Moment) {
    NOW.set(NOW.get().max(to));
}
