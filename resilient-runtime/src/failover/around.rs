//! The failovers of the attempts and fallbacks around the code that runs now: a call inside does
//! not start them anew.

use crate::{ambient::PollState, failure::Target};
use std::cell::RefCell;

/// A failover around the code that runs now.
#[derive(Clone, Copy)]
struct Around {
    /// That of its state.
    id: usize,
    /// The targets that a call of the same failover must not use, as bits.
    closed: u32,
    /// The target of the attempt, for its body.
    target: Option<Target>,
}

thread_local! {
    static AROUND: RefCell<Vec<Around>> = const { RefCell::new(Vec::new()) };
}

/// One poll of an attempt, or of a fallback. Calls inside see it until this is dropped or restored.
pub struct InFailover {
    is_entered: bool,
}

impl InFailover {
    /// An attempt at this target: calls of the same failover inside it use this one alone.
    pub(crate) fn attempt(id: usize, target: Target) -> Self {
        let index = u32::from(target.0.index);
        let closed = !1_u32.checked_shl(index).unwrap_or_default();
        Self::enter(Around {
            id,
            closed,
            target: Some(target),
        })
    }

    /// The fallback of a call that has failed: calls of the same failover have no target.
    pub(crate) fn fallback(id: usize) -> Self {
        Self::enter(Around {
            id,
            closed: u32::MAX,
            target: None,
        })
    }

    fn enter(around: Around) -> Self {
        AROUND.with_borrow_mut(|all| all.push(around));
        Self { is_entered: true }
    }

    fn leave(&mut self) {
        if std::mem::take(&mut self.is_entered) {
            AROUND.with_borrow_mut(Vec::pop);
        }
    }
}

impl PollState for InFailover {
    fn restore(&mut self) {
        self.leave();
    }
}

impl Drop for InFailover {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Runs code that belongs to no failover around it.
pub(crate) fn apart<T>(run: impl FnOnce() -> T) -> T {
    struct Restore(Vec<Around>);
    impl Drop for Restore {
        fn drop(&mut self) {
            AROUND.set(std::mem::take(&mut self.0));
        }
    }
    let _restore = Restore(AROUND.take());
    run()
}

/// The targets that a call of this failover must not use, as bits.
pub(crate) fn closed(id: usize) -> u32 {
    AROUND.with_borrow(|all| {
        let same = all.iter().filter(|around| around.id == id);
        same.fold(0, |closed, around| closed | around.closed)
    })
}

/// The target of the innermost attempt of a failover around the code that runs now.
pub(crate) fn target() -> Option<Target> {
    AROUND.with_borrow(|all| all.iter().rev().find_map(|around| around.target))
}
