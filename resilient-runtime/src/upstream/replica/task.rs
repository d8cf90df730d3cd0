//! The task of a replica: when it begins and ends, and calls that nobody asks the store for.

use crate::{
    Upstream,
    clock::Moment,
    event::EventKind,
    upstream::{
        replica::{Inner, Owned, Replica, place::wake},
        state::UpstreamState,
    },
};
use std::{sync::Arc, task::Waker, time::Duration};
use tokio::runtime::Handle;

/// A task that has not looked for so long, and for the timeout of an operation, does not run: its
/// runtime is not driven, or something blocks it.
const STALLED: Duration = Duration::from_secs(2);

/// The task has ended, whatever the reason: another one may begin.
struct Running {
    replica: Arc<Replica>,
    number: u64,
    /// False if it was cut off, with its runtime or by a panic, or if the state is shared over
    /// another store since: whoever waits has to look again.
    has_stopped: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut inner = self.replica.inner();
        if inner.task != self.number {
            return;
        }
        inner.is_running = false;
        inner.answered_at = None;
        if !self.has_stopped {
            let watching = inner.take_all_wakers();
            drop(inner);
            wake(watching);
        }
    }
}

impl Inner {
    fn take_all_wakers(&mut self) -> Vec<Waker> {
        let (mut wakers, unused) = self.line.give_up();
        self.pending.unused(unused, Moment::now());
        wakers.append(&mut self.watching);
        wakers
    }

    /// An attempt needs an answer, and the task has to look.
    pub(super) fn asks(&mut self, now: Moment) {
        self.asked_at.get_or_insert(now);
    }
}

impl Replica {
    /// Begins the task, if it does not run. Not to be called with the lock held: a runtime that
    /// ends drops the task at once.
    pub(super) fn begin(self: &Arc<Self>) {
        let current = Handle::try_current().ok();
        let Some(runtime) = current.as_ref().or(self.runtime.as_ref()) else {
            return;
        };
        let number = {
            let mut inner = self.inner();
            if std::mem::replace(&mut inner.is_running, true) {
                return;
            }
            inner.task = inner.task.wrapping_add(1);
            inner.asked_at = None;
            inner.task
        };
        let running = Running {
            replica: Arc::clone(self),
            number,
            has_stopped: false,
        };
        let task = async move {
            let mut running = running;
            let replica = Arc::clone(&running.replica);
            if let Some(owned) = replica.owner.get() {
                running.has_stopped = replica.exchange(&owned, number).await;
            }
        };
        #[cfg(feature = "testing")]
        let task = crate::scope::Spawned::here().run(task);
        runtime.spawn(task);
    }

    /// An attempt has come, or waits. In this order, a task that is about to end goes on, or
    /// another begins. If none runs, the attempt does not wait for it.
    pub(super) fn comes(self: &Arc<Self>, upstream: &Upstream, state: &UpstreamState, now: Moment) {
        let mut inner = self.inner();
        inner.used_at = now;
        let is_stalled = inner.is_running && self.stalls_at(&inner).is_some_and(|at| at <= now);
        if is_stalled {
            inner.asked_at = None;
            // Another one takes its place, once, if there is a runtime for it.
            let is_known = inner.unserved_since.is_some();
            inner.is_running = is_known || Handle::try_current().is_err();
        }
        let is_running = inner.is_running;
        drop(inner);
        if !is_running {
            self.begin();
        }
        if is_stalled || !self.inner().is_running {
            self.is_unserved(upstream, state, now);
        }
    }

    /// The time by which the task has looked, if it runs.
    pub(super) fn stalls_at(&self, inner: &Inner) -> Option<Moment> {
        let mut asked_at = inner.asked_at?;
        if inner.is_cut {
            // It sleeps until the next look at the store.
            asked_at = asked_at.max(self.sharing.health.next_look());
        }
        Some(asked_at.after(STALLED).after(self.sharing.timeout))
    }

    /// No task asks the store: for this replica it is lost.
    fn is_unserved(&self, upstream: &Upstream, state: &UpstreamState, now: Moment) {
        let mut inner = self.inner();
        let is_first = inner.unserved_since.is_none() && !inner.is_cut;
        inner.unserved_since.get_or_insert(now);
        drop(inner);
        self.follow_health(upstream, state, now);
        if is_first {
            let kind = EventKind::StoreLost {
                reason: "no running tokio runtime to ask it in".into(),
            };
            state.origin(upstream).emit(kind);
        }
    }

    /// The task looks. Returns whether no other one has replaced it.
    pub(super) fn is_served(&self, owned: &Owned, number: u64, now: Moment) -> bool {
        let mut inner = self.inner();
        if inner.task != number {
            return false;
        }
        inner.asked_at = None;
        let unserved = inner.unserved_since.take();
        drop(inner);
        if let Some(since) = unserved.filter(|_| self.sharing.health.is_up()) {
            let (state, lasted) = (owned.state(), now.since(since));
            self.follow_health(&owned.upstream, state, now);
            let kind = EventKind::StoreRestored { lasted };
            state.origin(&owned.upstream).emit(kind);
        }
        true
    }
}
