//! A task that waits for the retry budget.

use crate::{
    budget::{BudgetState, Outlook, RetryAnswer},
    failure::ReleasedBy,
    models::{
        call::{self, Call},
        clock,
    },
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Wake, Waker},
};

/// Whether a task was woken since its last poll. Not a step of the model: it is read only after the
/// threads have ended.
#[derive(Default)]
pub(super) struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// A task with one call.
pub(super) struct Task {
    pub(super) call: Call<'static>,
    woken: Arc<Woken>,
    waker: Waker,
    /// Whether it has set a timer.
    pub(super) is_timed: bool,
}

impl Task {
    /// A task whose call has failed.
    pub(super) fn failed(state: &'static BudgetState) -> Self {
        Self::of(Call::failed(state), Arc::default())
    }

    /// Sends the first attempt of its call.
    pub(super) fn sent(state: &'static BudgetState) -> Self {
        Self::of(Call::sent(state), Arc::default())
    }

    pub(super) fn of(call: Call<'static>, woken: Arc<Woken>) -> Self {
        let waker = Waker::from(Arc::clone(&woken));
        Self {
            call,
            woken,
            waker,
            is_timed: false,
        }
    }

    /// Polls for its release.
    pub(super) fn look(&mut self) -> Option<ReleasedBy> {
        self.woken.0.store(false, SeqCst);
        self.look_again()
    }

    pub(super) fn look_again(&mut self) -> Option<ReleasedBy> {
        match self.call.ask(&Context::from_waker(&self.waker)) {
            RetryAnswer::Go(by) => Some(by),
            RetryAnswer::Wait(Outlook { at, .. }) => {
                self.is_timed = !at.is_unset();
                None
            }
        }
    }

    pub(super) fn waits(&mut self) {
        assert_eq!(self.look(), None);
    }

    /// Asserts that a released retry, and the head of the queue, has been woken or has a timer.
    pub(super) fn is_not_stranded(&mut self) -> Option<ReleasedBy> {
        let notified = self.is_timed || self.woken.0.load(SeqCst);
        let by = self.look();
        let has_something_to_do = by.is_some() || self.is_timed;
        assert!(notified || !has_something_to_do, "stranded, {by:?}");
        assert!(has_something_to_do, "no retry is at the head");
        by
    }
}

/// A state with a balance of this many deposits. Leaked, so that calls on all threads may refer to
/// it.
pub(super) fn holding(units: u32) -> &'static BudgetState {
    clock::set(clock::START);
    Box::leak(Box::new(call::holding(units)))
}

/// Two deferred calls, the first of them at the head of the queue.
pub(super) fn two_wait(state: &'static BudgetState) -> (Task, Task) {
    let (mut head, mut next) = (Task::failed(state), Task::failed(state));
    head.waits();
    next.waits();
    assert!(head.is_timed && !next.is_timed);
    (head, next)
}
