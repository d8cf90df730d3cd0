//! Calls of a subscriber that may panic: the span of a call while it is entered, and the guard of
//! all of them.

use super::{CallSpan, sink};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls a subscriber, whose panic while another one unwinds would abort the program: that is
/// caught.
pub(super) fn unless_it_aborts(call: impl FnOnce()) {
    if std::thread::panicking() {
        drop(catch_unwind(AssertUnwindSafe(call)));
    } else {
        call();
    }
}

/// A span that is entered until this is dropped, or none.
pub(crate) struct Entered<'s>(Option<sink::Entered<'s>>);

impl<'s> Entered<'s> {
    pub(crate) const NONE: Self = Self(None);

    #[cold]
    #[inline(never)]
    pub(crate) fn enter(span: &'s CallSpan) -> Self {
        let mut entered = Self::NONE;
        unless_it_aborts(|| entered.0 = Some(span.enter()));
        entered
    }

    #[inline]
    pub(crate) fn is_entered(&self) -> bool {
        self.0.is_some()
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn exit(&mut self) {
        let entered = self.0.take();
        unless_it_aborts(|| drop(entered));
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.is_entered() {
            self.exit();
        }
    }
}
