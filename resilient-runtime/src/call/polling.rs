//! One poll of the body of an attempt.

use crate::{
    ambient::{Outside, PollState},
    event::Entered,
};
use std::mem::ManuallyDrop;

/// To be held while a body is polled or dropped: its inner calls see this one, and its events are
/// in this one's span. In a panic, it is dropped, out of line: the code of a function is kept small
/// by this.
pub(crate) struct Polling<'c, S: PollState> {
    outside: Outside,
    span: Entered<'c>,
    state: S,
}

impl<'c, S: PollState> Polling<'c, S> {
    #[inline(always)]
    pub(crate) fn new(outside: Outside, span: Entered<'c>, state: S) -> Self {
        Self {
            outside,
            span,
            state,
        }
    }

    /// The poll has ended: see [`Outside::restore`].
    #[inline(always)]
    pub(crate) fn leave(self) -> Option<usize> {
        ManuallyDrop::new(self).restore()
    }

    #[inline(always)]
    fn restore(&mut self) -> Option<usize> {
        self.state.restore();
        let noted = self.outside.restore();
        // Last: a subscriber may panic.
        if self.span.is_entered() {
            self.span.exit();
        }
        noted
    }
}

impl<S: PollState> Drop for Polling<'_, S> {
    #[cold]
    #[inline(never)]
    fn drop(&mut self) {
        self.restore();
    }
}
