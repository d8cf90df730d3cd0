//! The failovers of the attempts and fallbacks around the code that runs now: a call inside does
//! not start them anew.

use super::bit;
use crate::{ambient::PollState, failure::Target};
use std::cell::{Cell, RefCell};

/// A failover around the code that runs now.
#[derive(Clone, Copy)]
struct Around {
    /// That of its state; zero for none.
    id: usize,
    /// The targets that a call of the same failover must not use, as bits.
    closed: u32,
    /// The target of the attempt, for its body.
    target: Option<Target>,
    /// Whether there are others around it.
    is_inner: bool,
}

impl Around {
    const NONE: Self = Self {
        id: 0,
        closed: 0,
        target: None,
        is_inner: false,
    };
}

thread_local! {
    /// The innermost one.
    static INNERMOST: Cell<Around> = const { Cell::new(Around::NONE) };
    /// Those around it, which few calls have.
    static FURTHER: RefCell<Vec<Around>> = const { RefCell::new(Vec::new()) };
}

/// One poll of an attempt. Calls inside see it until it is restored.
pub struct InFailover(());

impl InFailover {
    /// An attempt at this target: calls of the same failover inside it use this one alone.
    #[inline]
    pub(crate) fn attempt(id: usize, target: Target) -> Self {
        enter(Around {
            id,
            closed: !bit(target.0.index),
            target: Some(target),
            is_inner: false,
        });
        Self(())
    }
}

impl PollState for InFailover {
    #[inline]
    fn restore(&mut self) {
        leave();
    }
}

/// One poll of the fallback of a call that has failed: calls of the same failover inside it have no
/// target, until this is dropped.
pub(crate) struct InFallback(());

impl InFallback {
    pub(crate) fn of(id: usize) -> Self {
        enter(Around {
            id,
            closed: u32::MAX,
            target: None,
            is_inner: false,
        });
        Self(())
    }
}

impl Drop for InFallback {
    fn drop(&mut self) {
        leave();
    }
}

#[inline]
fn enter(around: Around) {
    let outer = INNERMOST.get();
    let is_inner = outer.id != 0;
    if is_inner {
        keep(outer);
    }
    INNERMOST.set(Around { is_inner, ..around });
}

#[cold]
fn keep(outer: Around) {
    FURTHER.with_borrow_mut(|all| all.push(outer));
}

#[inline]
fn leave() {
    let outer = if INNERMOST.get().is_inner {
        outer()
    } else {
        Around::NONE
    };
    INNERMOST.set(outer);
}

#[cold]
fn outer() -> Around {
    let outer = FURTHER.with_borrow_mut(Vec::pop);
    outer.unwrap_or(Around::NONE)
}

/// Runs code that belongs to no failover around it.
pub(crate) fn apart<T>(run: impl FnOnce() -> T) -> T {
    struct Restore(Around, Vec<Around>);
    impl Drop for Restore {
        fn drop(&mut self) {
            INNERMOST.set(self.0);
            FURTHER.set(std::mem::take(&mut self.1));
        }
    }
    let _restore = Restore(INNERMOST.replace(Around::NONE), FURTHER.take());
    run()
}

/// The targets that a call of this failover must not use, as bits.
#[inline]
pub(crate) fn closed(id: usize) -> u32 {
    let innermost = INNERMOST.get();
    if innermost.id == 0 {
        return 0;
    }
    closed_by(innermost, id)
}

#[cold]
fn closed_by(innermost: Around, id: usize) -> u32 {
    FURTHER.with_borrow(|further| {
        let all = further.iter().chain(std::iter::once(&innermost));
        let same = all.filter(|around| around.id == id);
        same.fold(0, |closed, around| closed | around.closed)
    })
}

/// The target of the innermost attempt of a failover around the code that runs now.
pub(crate) fn target() -> Option<Target> {
    INNERMOST.get().target.or_else(|| {
        let outer = |all: &Vec<Around>| all.iter().rev().find_map(|around| around.target);
        FURTHER.with_borrow(outer)
    })
}
