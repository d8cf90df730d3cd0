//! An attempt that waits for its place in the line of all replicas, and the place that it has.

use crate::{
    Upstream,
    clock::Moment,
    sharing::{Outage, Part},
    timer::Timer,
    upstream::{
        rate::Refused,
        replica::{
            Replica,
            line::{Look, Place, signed},
        },
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

/// The place of an attempt that is about to be sent. Dropped before that, it goes to another one.
pub(crate) struct HeldPlace {
    replica: Option<Arc<Replica>>,
    /// `None` in an outage: it needs a place when the store is back.
    place: Option<Place>,
}

impl HeldPlace {
    /// No place is needed.
    pub(crate) const NONE: Self = Self {
        replica: None,
        place: None,
    };

    fn new(replica: &Arc<Replica>, place: Option<Place>) -> Self {
        Self {
            replica: Some(Arc::clone(replica)),
            place,
        }
    }

    /// Whether the outage is over, in which it needed no place.
    pub(crate) fn is_outdated(&self) -> bool {
        let replica = self.replica.as_ref().filter(|_| self.place.is_none());
        replica.is_some_and(|replica| !replica.inner().is_cut)
    }

    /// The attempt of this cost is sent.
    pub(crate) fn used(mut self, cost: u64) {
        if let (Some(replica), Some(place)) = (self.replica.take(), self.place) {
            let tokens = signed(cost).saturating_sub(signed(place.cost));
            if tokens != 0 {
                replica.note(|pending, now| pending.used(0, tokens, now));
            }
        }
    }
}

impl Drop for HeldPlace {
    fn drop(&mut self) {
        if let (Some(replica), Some(place)) = (self.replica.take(), self.place) {
            let wakers = replica.inner().line.put_back(place, Moment::now());
            wake(wakers);
            // It expires if nobody uses it.
            replica.work.notify_one();
        }
    }
}

pub(super) fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

/// The answer for an attempt that waits for a place.
enum Step {
    Ends(Result<HeldPlace, Refused>),
    /// It has a place that is later.
    At(Moment),
    Waits,
}

impl Replica {
    /// Whether attempts of this cost need places.
    fn needs_place(&self, state: &UpstreamState, cost: u64) -> bool {
        self.shares(Part::Limits)
            && (state.requests.is_limited() || (cost > 0 && state.tokens.is_limited()))
    }

    /// A place for an attempt that does not wait for one.
    ///
    /// # Errors
    /// There is none now.
    pub(super) fn try_place(
        self: &Arc<Self>,
        state: &UpstreamState,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
    ) -> Result<HeldPlace, ()> {
        self.inner().line.arrived(cost, now);
        self.place_at_once(state, upstream, cost, now)
    }

    /// As [`try_place`](Self::try_place), for an attempt that has come before.
    ///
    /// # Errors
    /// There is none now.
    pub(super) fn place_at_once(
        self: &Arc<Self>,
        state: &UpstreamState,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
    ) -> Result<HeldPlace, ()> {
        self.follow_health(upstream, state, now);
        self.comes(now);
        let mut inner = self.inner();
        if inner.is_cut {
            return match self.sharing.outage {
                Outage::Wait => Err(()),
                Outage::Share | Outage::Whole => Ok(HeldPlace::new(self, None)),
            };
        }
        if inner.answered_at.is_none() {
            return Err(());
        }
        if !self.needs_place(state, cost) {
            return Ok(HeldPlace::NONE);
        }
        let place = inner.line.take(now).ok_or(())?;
        drop(inner);
        self.work.notify_one();
        Ok(HeldPlace::new(self, Some(place)))
    }

    /// The time until an attempt that comes now would have its place, as far as is known.
    pub(crate) fn wait_of_next(&self, now: Moment) -> Option<Duration> {
        let inner = self.inner();
        let wait = inner.line.earliest(now).since(now);
        (!inner.is_cut && !wait.is_zero()).then_some(wait)
    }
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
                Step::Waits => self.latest,
            };
            timer.as_mut().set(at);
            ready!(timer.as_mut().poll(cx));
        }
    }

    fn step(&mut self, now: Moment, waker: &Waker) -> Step {
        let replica = Arc::clone(&self.replica);
        if !self.state.spending.replica.is(&replica) {
            // Shared over another store since: the line is no more.
            return Step::Ends(Ok(HeldPlace::NONE));
        }
        replica.follow_health(self.upstream, self.state, now);
        replica.comes(now);
        let mut inner = replica.inner();
        let is_late = now >= self.latest;
        if inner.is_cut {
            let wakers = self.id.take().map(|id| inner.line.leave(id));
            let ended = match replica.sharing.outage {
                Outage::Wait if is_late => Step::Ends(Err(Refused::Wait(TICK))),
                Outage::Wait => {
                    inner.watch(waker);
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
            inner.watch(waker);
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
