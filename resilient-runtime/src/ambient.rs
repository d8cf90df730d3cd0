//! What a call tells the calls made inside it, and they tell it, while its body is polled.
//!
//! A task-local would need a wrapper in the task; this is set for the time of one poll and works on any
//! executor. A task spawned by the body is a call of its own.

use crate::Class;
use std::cell::Cell;
use tokio::time::Instant;

thread_local! {
    /// When the calls around the code that runs now have to be over.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
    /// What the call that ended last in this poll failed with, if it had used up its retries.
    static USED_UP: Cell<Option<Class>> = const { Cell::new(None) };
}

/// The deadline of the calls around this one.
#[inline]
pub(crate) fn deadline() -> Option<Instant> {
    DEADLINE.get()
}

/// Tells the call around this one how this one ended: what it failed with, if it had used up its retries.
#[inline]
pub(crate) fn ended(used_up: Option<Class>) {
    USED_UP.set(used_up);
}

/// One poll of a body: while it lives, calls inside see `deadline`. What was before comes back when it is
/// dropped, in a panic too.
pub(crate) struct Scope {
    /// Whether a deadline was published, and so what was before is to come back.
    published: bool,
    deadline: Option<Instant>,
    used_up: Option<Class>,
}

impl Scope {
    /// Without a deadline, that of the calls outside stays: most calls have none, and pay for none.
    #[inline]
    pub(crate) fn enter(deadline: Option<Instant>) -> Self {
        let published = deadline.is_some();
        let outside = if published {
            DEADLINE.replace(deadline)
        } else {
            None
        };
        Self {
            published,
            deadline: outside,
            used_up: USED_UP.take(),
        }
    }

    /// What the call that ended last in this poll failed with, if it had used up its retries.
    #[expect(
        clippy::unused_self,
        reason = "it tells of the poll that the scope stands for"
    )]
    #[inline]
    pub(crate) fn used_up_inside(&self) -> Option<Class> {
        USED_UP.get()
    }
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        if self.published {
            DEADLINE.set(self.deadline);
        }
        USED_UP.set(self.used_up);
    }
}
