//! An attempt that waits for its place in the line of all replicas.

use crate::{
    Upstream,
    clock::Moment,
    sharing::Outage,
    timer::Timer,
    upstream::{
        rate::Refused,
        replica::{HeldPlace, Replica, line::Look, place::wake},
        state::UpstreamState,
    },
};
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

/// An attempt that waits for the store for so long reports that it waits.
const QUIET: Duration = Duration::from_millis(100);

/// A wait for its time that is too short to be reported.
const SHORT: Duration = Duration::from_millis(10);

/// The answer for an attempt that waits for a place.
enum Step {
    Ends(Result<HeldPlace, Refused>),
    /// It has a place that is later.
    At(Moment),
    Waits,
}

/// An attempt in the line. Dropped, it leaves the line.
pub(crate) struct Waiting<'s> {
    replica: Arc<Replica>,
    upstream: &'s Upstream,
    state: &'s UpstreamState,
    cost: u64,
    latest: Moment,
    id: Option<u64>,
}

impl<'s> Waiting<'s> {
    pub(crate) const fn new(
        replica: Arc<Replica>,
        upstream: &'s Upstream,
        state: &'s UpstreamState,
        cost: u64,
        latest: Moment,
    ) -> Self {
        Self {
            replica,
            upstream,
            state,
            cost,
            latest,
            id: None,
        }
    }

    /// Waits for the answer of the store, for a short time in which nothing is reported.
    pub(crate) async fn answer(&mut self) -> Option<Result<HeldPlace, Refused>> {
        let mut timer = pin!(Timer::new());
        timer
            .as_mut()
            .set(Moment::now().after(QUIET).earlier(self.latest));
        poll_fn(|cx| {
            let now = Moment::now();
            match self.step(now, cx.waker()) {
                Step::Ends(ended) => return Poll::Ready(Some(ended)),
                Step::At(at) if at.since(now) > SHORT => return Poll::Ready(None),
                Step::At(at) => timer.as_mut().set(at.earlier(self.latest)),
                Step::Waits => {}
            }
            ready!(timer.as_mut().poll(cx));
            match self.step(Moment::now(), cx.waker()) {
                Step::Ends(ended) => Poll::Ready(Some(ended)),
                _ => Poll::Ready(None),
            }
        })
        .await
    }

    /// Waits until its place is due.
    pub(crate) async fn due(&mut self) -> Result<HeldPlace, Refused> {
        let mut timer = pin!(Timer::new());
        poll_fn(|cx| self.poll_due(cx, timer.as_mut())).await
    }

    fn poll_due(
        &mut self,
        cx: &mut Context<'_>,
        mut timer: Pin<&mut Timer>,
    ) -> Poll<Result<HeldPlace, Refused>> {
        loop {
            let at = match self.step(Moment::now(), cx.waker()) {
                Step::Ends(ended) => return Poll::Ready(ended),
                Step::At(at) => at.earlier(self.latest),
                Step::Waits => self.looks_again(),
            };
            timer.as_mut().set(at);
            ready!(timer.as_mut().poll(cx));
        }
    }

    /// True if it waited for a store that cannot be reached.
    pub(crate) fn has_lost_store(&self) -> bool {
        self.replica.inner().is_cut
    }

    /// When to see whether the task runs.
    fn looks_again(&self) -> Moment {
        let stalls_at = self.replica.stalls_at(&self.replica.inner());
        stalls_at.map_or(self.latest, |at| at.earlier(self.latest))
    }

    fn step(&mut self, now: Moment, waker: &Waker) -> Step {
        let replica = Arc::clone(&self.replica);
        if !self.state.spending.replica.is(&replica) {
            // Shared over another store since: the line is no more.
            return Step::Ends(Ok(HeldPlace::NONE));
        }
        replica.follow_health(self.upstream, self.state, now);
        replica.comes(self.upstream, self.state, now);
        let mut inner = replica.inner();
        let is_late = now >= self.latest;
        if inner.is_cut {
            let wakers = self.id.take().map(|id| inner.line.leave(id));
            let ended = match replica.sharing.outage {
                Outage::Wait if is_late => Step::Ends(Err(Refused::Wait(TICK))),
                Outage::Wait => {
                    inner.watch(waker, now);
                    Step::Waits
                }
                Outage::Share | Outage::Whole => Step::Ends(Ok(HeldPlace::new(&replica, None))),
            };
            drop(inner);
            wake(wakers.unwrap_or_default());
            return ended;
        }
        if !replica.needs_place(self.state, self.cost) {
            if inner.answered_at.is_some() {
                return Step::Ends(Ok(HeldPlace::NONE));
            }
            inner.watch(waker, now);
            return if is_late {
                Step::Ends(Err(Refused::Wait(TICK)))
            } else {
                Step::Waits
            };
        }
        let look = match self.id {
            Some(id) => inner.line.look(id, now, waker),
            None => Look::Missed,
        };
        match look {
            Look::Now(place) => {
                self.id = None;
                Step::Ends(Ok(HeldPlace::new(&replica, Some(place))))
            }
            Look::At(at) if at > self.latest => Step::Ends(Err(Refused::Wait(at.since(now)))),
            Look::At(at) => Step::At(at),
            Look::Unplaced if inner.line.earliest(now) > self.latest || is_late => {
                let wait = inner.line.earliest(now).since(now).max(TICK);
                Step::Ends(Err(Refused::Wait(wait)))
            }
            Look::Unplaced => Step::Waits,
            Look::Missed => {
                self.id = Some(inner.line.join(self.cost, self.latest, waker.clone()));
                inner.asks(now);
                replica.work.notify_one();
                Step::Waits
            }
        }
    }
}

/// The shortest wait in a refusal.
const TICK: Duration = Duration::from_millis(1);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            let wakers = self.replica.inner().line.leave(id);
            wake(wakers);
            self.replica.work.notify_one();
        }
    }
}
