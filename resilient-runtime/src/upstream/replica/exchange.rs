//! The task that exchanges messages with the store: one operation at a time, as long as the state
//! is in use.

use crate::{
    clock::Moment,
    sharing::{Granted, Order, Part, Placed, Report, StoreError, View},
    timer,
    upstream::replica::{Inner, Owned, Replica, place::wake},
};
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::{
    runtime::Handle,
    time::{Instant, timeout, timeout_at},
};

/// The task ends when no attempt has come for so long. The store forgets a replica after as long.
const IDLE: Duration = Duration::from_secs(10);

/// A permit that the store had none for is asked for again after this time.
const ASKS_AGAIN: Duration = Duration::from_millis(250);

/// The least and the longest time between two beats, and the part of it for each replica: many
/// replicas make few operations each, and still fewer than the store forgets them in.
const BEAT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));
const BEAT_OF_EACH: Duration = Duration::from_millis(150);

/// The next thing to do.
enum Next {
    Order(Order),
    Settle,
    Beat,
    Probe,
    /// Nothing before then.
    Sleep(Moment),
    /// Nothing at all: the task ends.
    Stop,
}

/// The answer of an operation.
enum Answer {
    Placed(Placed),
    Granted(Granted),
    None,
}

/// The task has ended, whatever the reason: another one may begin.
struct Running {
    replica: Arc<Replica>,
    /// False if it was cut off, with its runtime or by a panic of the store.
    has_stopped: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut inner = self.replica.inner();
        inner.is_running = false;
        inner.answered_at = None;
        if !self.has_stopped {
            if Handle::try_current().is_err() {
                // Nobody is left to talk to the store.
                self.replica.sharing.health.failed(Moment::now());
            }
            // Whoever waits looks again, and begins another task.
            let watching = inner.take_all_wakers();
            drop(inner);
            wake(watching);
        }
    }
}

impl Inner {
    fn take_all_wakers(&mut self) -> Vec<std::task::Waker> {
        let (mut wakers, unused) = self.line.give_up();
        self.pending.unused(unused, Moment::now());
        wakers.append(&mut self.watching);
        wakers
    }

    fn next(&mut self, now: Moment, is_idle: bool, has_permits: bool) -> Next {
        let unused = self.line.expire(now);
        self.pending.unused(unused, now);
        if self.probes.wanted > 0 && self.probes.denied_until <= now {
            return Next::Probe;
        }
        let asks = if self.wants_permits {
            ASKS_AGAIN
        } else {
            BEAT_OF_EACH.saturating_mul(self.replicas).clamp(BEAT.0, BEAT.1)
        };
        let beats_at = match self.answered_at {
            Some(_) => self.beat_at.after(asks),
            None => now,
        };
        if self.answered_at.is_some() || !has_permits {
            if let Some((costs, latest)) = self.line.order(now) {
                let latest = latest.since(now);
                return Next::Order(Order { costs, latest });
            }
        }
        if beats_at <= now && !is_idle {
            return Next::Beat;
        }
        let settles_at = self.pending.is_due_at();
        if settles_at.is_some_and(|at| at <= now) {
            return Next::Settle;
        }
        if is_idle && self.line.is_empty() && self.pending.is_empty() {
            return if self.caps_used { Next::Settle } else { Next::Stop };
        }
        let mut next = if is_idle { now.after(IDLE) } else { beats_at };
        let others = [settles_at, self.line.orders_at(), self.line.expires()];
        for at in others.into_iter().flatten() {
            next = next.min(at);
        }
        Next::Sleep(next.max(now.after(Duration::from_millis(1))))
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
        if std::mem::replace(&mut self.inner().is_running, true) {
            return;
        }
        let running = Running {
            replica: Arc::clone(self),
            has_stopped: false,
        };
        let task = async move {
            let mut running = running;
            let replica = Arc::clone(&running.replica);
            if let Some(owned) = replica.owner.get() {
                replica.exchange(&owned).await;
            }
            running.has_stopped = true;
        };
        #[cfg(feature = "testing")]
        let task = crate::scope::Spawned::here().run(task);
        runtime.spawn(task);
    }

    async fn exchange(self: &Arc<Self>, owned: &Owned) {
        loop {
            let now = Moment::now();
            let state = owned.state();
            if !state.spending.replica.is(self) {
                // Shared over another store since, or a key that was evicted.
                return;
            }
            self.follow_health(&owned.upstream, state, now);
            let work = self.work.notified();
            let mut work = pin!(work);
            work.as_mut().enable();
            let is_idle = self.is_idle(state, now);
            let has_permits = state.concurrency.is_limited() && self.shares(Part::Limits);
            let next = {
                let mut inner = self.inner();
                match inner.is_cut.then(|| self.sharing.health.look(now)) {
                    Some(Ok(())) => Next::Settle,
                    Some(Err(_)) if is_idle => Next::Stop,
                    Some(Err(at)) => Next::Sleep(at),
                    None => inner.next(now, is_idle, has_permits),
                }
            };
            match next {
                Next::Stop => {
                    if self.stops(state) {
                        return;
                    }
                }
                Next::Sleep(at) => {
                    let at = at.instant().unwrap_or_else(|| timer::after(Instant::now(), IDLE));
                    let _ = timeout_at(at, work).await;
                }
                next => self.operate(owned, next).await,
            }
        }
    }

    /// Whether nothing is in flight and no attempt has come for a while.
    fn is_idle(&self, state: &crate::upstream::state::UpstreamState, now: Moment) -> bool {
        let concurrency = &state.concurrency;
        let is_held = concurrency.is_limited()
            && (concurrency.in_use() > 0 || concurrency.waiting() > 0);
        !is_held && now.since(self.inner().used_at) > IDLE
    }

    /// Ends the task, unless an attempt has come meanwhile.
    fn stops(&self, state: &crate::upstream::state::UpstreamState) -> bool {
        let mut inner = self.inner();
        if !self.is_idle_since(&inner) {
            return false;
        }
        inner.is_running = false;
        inner.answered_at = None;
        let is_cut = inner.is_cut;
        drop(inner);
        if !is_cut {
            self.give_up_permits(state);
        }
        true
    }

    fn is_idle_since(&self, inner: &Inner) -> bool {
        Moment::now().since(inner.used_at) > IDLE
    }

    async fn operate(self: &Arc<Self>, owned: &Owned, next: Next) {
        let (report, pending) = self.report(owned, matches!(next, Next::Beat));
        let unreported = Unreported {
            replica: self,
            pending: Some(pending),
            caps: owned,
            report: &report,
        };
        let result = match timeout(self.sharing.timeout, self.call(&report, &next)).await {
            Ok(result) => result,
            Err(_) => Err(StoreError::new("timeout")),
        };
        let now = Moment::now();
        match result {
            Ok((answer, view)) => {
                unreported.is_reported();
                self.found(owned, now);
                self.apply(owned, &report, &view, now);
                self.answered(answer, next, now);
            }
            Err(error) => {
                drop(unreported);
                self.lost(owned, &error, now);
            }
        }
    }

    async fn call(&self, report: &Report, next: &Next) -> Result<(Answer, View), StoreError> {
        let (store, scope) = (&self.sharing.store, &self.scope);
        match next {
            Next::Order(order) => {
                let (placed, view) = store.order(scope, report, order).await?;
                Ok((Answer::Placed(placed), view))
            }
            Next::Probe => {
                let (granted, view) = store.probe(scope, report).await?;
                Ok((Answer::Granted(granted), view))
            }
            Next::Beat => Ok((Answer::None, store.beat(scope, report).await?)),
            _ => Ok((Answer::None, store.settle(scope, report).await?)),
        }
    }

    fn answered(&self, answer: Answer, next: Next, now: Moment) {
        let mut inner = self.inner();
        if matches!(next, Next::Beat) {
            inner.beat_at = now;
        }
        let mut wakers = std::mem::take(&mut inner.watching);
        match (answer, next) {
            (Answer::Placed(placed), Next::Order(order)) => {
                wakers.append(&mut inner.placed(&placed, &order, now));
            }
            (Answer::Granted(granted), _) => inner.probe_answered(granted, now),
            _ => {}
        }
        drop(inner);
        wake(wakers);
    }
}

/// The differences that an operation reports. Dropped before it has succeeded, they are noted
/// again.
struct Unreported<'r> {
    replica: &'r Arc<Replica>,
    pending: Option<super::pending::Pending>,
    caps: &'r Owned,
    report: &'r Report,
}

impl Unreported<'_> {
    fn is_reported(mut self) {
        self.pending = None;
    }
}

impl Drop for Unreported<'_> {
    fn drop(&mut self) {
        if let Some(pending) = self.pending.take() {
            let mut inner = self.replica.inner();
            inner.pending.put_back(pending);
            inner.caps_used = true;
            drop(inner);
            self.caps.state().spending.caps.not_reported(&self.report.caps);
        }
    }
}

impl Inner {
    fn placed(
        &mut self,
        placed: &Placed,
        order: &Order,
        now: Moment,
    ) -> Vec<std::task::Waker> {
        let places: Vec<_> = placed
            .waits
            .iter()
            .zip(&order.costs)
            .map(|(wait, cost)| super::Place {
                at: now.after(*wait),
                cost: *cost,
            })
            .collect();
        self.line.answered(now, &placed.waits, placed.refused);
        let mut wakers = self.line.add(&places);
        if placed.refused.is_some() {
            wakers.append(&mut self.line.hopeless(now));
        }
        wakers
    }
}
