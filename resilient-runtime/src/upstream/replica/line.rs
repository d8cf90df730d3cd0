//! The attempts of this replica that wait for places in the line of all replicas, and the places
//! that it has. Pure.
//!
//! The first attempt has the first place, and so on: a place belongs to a position and not to an
//! attempt. So the place of one that is cancelled goes to those behind it, and nothing has to be
//! returned.

use crate::clock::Moment;
use std::{collections::VecDeque, task::Waker, time::Duration};

/// A place that is not used for so long after its time is returned.
const EXPIRY: Duration = Duration::from_secs(1);

/// The length of the line is about the same for so long.
const LIKELY: Duration = Duration::from_secs(4);

/// The time that the places of one order are for.
const HORIZON: Duration = Duration::from_millis(250);

/// The most places of an order.
const MOST: usize = 64;

/// The most places that are ordered before anything is known of the line.
const FIRST: usize = 4;

/// The calls in [`HORIZON`] from which on places are ordered before they are needed.
const FREQUENT: u64 = 5;

/// A place in the line of all replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The earliest moment at which its attempt may be sent.
    pub(crate) at: Moment,
    /// The tokens that were ordered.
    pub(crate) cost: u64,
}

/// The state of an attempt that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is its time. It is no longer in the line.
    Now(Place),
    /// It has a place that is later.
    At(Moment),
    /// It has no place yet.
    Unplaced,
    /// It was not polled when its time came, and has lost its place.
    Missed,
}

struct Waiter {
    id: u64,
    cost: u64,
    latest: Moment,
    waker: Waker,
}

pub(super) struct Line {
    waiters: VecDeque<Waiter>,
    /// In the order of their time.
    places: VecDeque<Place>,
    next_id: u64,
    /// The time between two places of the last order that had to wait.
    spacing: Duration,
    /// The earliest time of a place that would be ordered now, and when that was known.
    next_place: Option<(Moment, Moment)>,
    /// Attempts that have come in the current part of time, and in the one before.
    arrivals: Arrivals,
}

/// Attempts that have come.
#[derive(Clone, Copy, Default)]
struct Came {
    calls: u64,
    tokens: u64,
}

/// Those of the current part of time, and of the one before.
#[derive(Default)]
struct Arrivals {
    since: Moment,
    now: Came,
    before: Came,
}

impl Arrivals {
    fn turn(&mut self, now: Moment) {
        let since = now.since(self.since);
        if since < HORIZON && !now.is_behind(self.since) {
            return;
        }
        let is_next = since < HORIZON.saturating_mul(2);
        self.before = if is_next { self.now } else { Came::default() };
        self.now = Came::default();
        self.since = now;
    }

    fn count(&mut self, cost: u64, now: Moment) {
        self.turn(now);
        self.now.calls = self.now.calls.saturating_add(1);
        self.now.tokens = self.now.tokens.saturating_add(cost);
    }

    /// The calls expected in the next [`HORIZON`].
    fn expected(&self) -> u64 {
        self.now.calls.max(self.before.calls)
    }

    fn usual_cost(&self) -> u64 {
        let calls = self.now.calls.saturating_add(self.before.calls);
        let tokens = self.now.tokens.saturating_add(self.before.tokens);
        tokens.checked_div(calls).unwrap_or_default()
    }
}

/// Places that were not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unused {
    pub(super) requests: i64,
    pub(super) tokens: i64,
}

impl Unused {
    pub(super) fn add(&mut self, place: Place) {
        self.requests = self.requests.saturating_add(1);
        self.tokens = self.tokens.saturating_add(signed(place.cost));
    }
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            waiters: VecDeque::new(),
            places: VecDeque::new(),
            next_id: 0,
            spacing: Duration::ZERO,
            next_place: None,
            arrivals: Arrivals::default(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiters.is_empty() && self.places.is_empty()
    }

    pub(super) fn arrived(&mut self, cost: u64, now: Moment) {
        self.arrivals.count(cost, now);
    }

    /// A place whose time has come, if nobody waits for it.
    pub(super) fn take(&mut self, now: Moment) -> Option<Place> {
        let is_due = |place: &Place| self.waiters.is_empty() && place.at <= now;
        self.places.front().is_some_and(is_due).then(|| self.places.pop_front())?
    }

    /// Waits at the end of the line.
    pub(super) fn join(&mut self, cost: u64, latest: Moment, waker: Waker) -> u64 {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        self.waiters.push_back(Waiter {
            id,
            cost,
            latest,
            waker,
        });
        id
    }

    fn position(&self, id: u64) -> Option<usize> {
        self.waiters.binary_search_by_key(&id, |it| it.id).ok()
    }

    /// Looks at the place of an attempt. One whose time has come leaves the line with it.
    pub(super) fn look(&mut self, id: u64, now: Moment, waker: &Waker) -> Look {
        let Some(position) = self.position(id) else {
            return Look::Missed;
        };
        let place = self.places.get(position).copied();
        match place {
            Some(place) if place.at <= now => {
                self.waiters.remove(position);
                self.places.remove(position);
                return Look::Now(place);
            }
            _ => {}
        }
        if let Some(waiter) = self.waiters.get_mut(position) {
            waiter.waker.clone_from(waker);
        }
        place.map_or(Look::Unplaced, |place| Look::At(place.at))
    }

    /// An attempt no longer waits. Those behind it move up.
    pub(super) fn leave(&mut self, id: u64) -> Vec<Waker> {
        let Some(position) = self.position(id) else {
            return Vec::new();
        };
        self.waiters.remove(position);
        self.wakers(position, self.places.len())
    }

    /// A place is not used after all. Those that wait move up.
    pub(super) fn put_back(&mut self, place: Place) -> Vec<Waker> {
        self.places.push_front(place);
        self.wakers(0, self.places.len())
    }

    /// Adds the places of an order.
    pub(super) fn add(&mut self, places: &[Place]) -> Vec<Waker> {
        let before = self.places.len();
        // A place is never before the one ahead of it.
        let mut last = self.places.back().map_or(Moment::UNSET, |place| place.at);
        for place in places {
            last = last.max(place.at);
            self.places.push_back(Place { at: last, ..*place });
        }
        self.wakers(before, self.places.len())
    }

    /// Everything in the line, when it is given up: the wakers of all that wait.
    pub(super) fn give_up(&mut self) -> (Vec<Waker>, Unused) {
        let mut unused = Unused::default();
        for place in self.places.drain(..) {
            unused.add(place);
        }
        self.next_place = None;
        (self.wakers(0, self.waiters.len()), unused)
    }

    /// The places that are not used yet.
    pub(super) fn ordered(&self) -> Unused {
        let mut ordered = Unused::default();
        for place in &self.places {
            ordered.add(*place);
        }
        ordered
    }

    fn wakers(&self, from: usize, to: usize) -> Vec<Waker> {
        let moved = self.waiters.iter().take(to).skip(from);
        moved.map(|waiter| waiter.waker.clone()).collect()
    }

    /// Removes places that were not used in time, with those that they were for: they are not
    /// polled.
    pub(super) fn expire(&mut self, now: Moment) -> Unused {
        let mut unused = Unused::default();
        while self.expires().is_some_and(|expires| expires < now) {
            self.waiters.pop_front();
            if let Some(place) = self.places.pop_front() {
                unused.add(place);
            }
        }
        unused
    }

    /// When a place may expire next.
    pub(super) fn expires(&self) -> Option<Moment> {
        self.places.front().map(|place| place.at.after(EXPIRY))
    }

    /// The tokens of the places that are to be ordered now, and the latest time for the first.
    pub(super) fn order(&mut self, now: Moment) -> Option<(Vec<u64>, Moment)> {
        self.arrivals.turn(now);
        let (places, waiters) = (self.places.len(), self.waiters.len());
        let ahead = self.ahead();
        let is_enough = match self.places.back() {
            Some(last) if waiters > places => last.at.since(now) > HORIZON / 2,
            Some(_) => places.saturating_sub(waiters) > ahead / 2,
            None => false,
        };
        if is_enough || (waiters <= places && ahead == 0) {
            return None;
        }
        let most = self.most().max(ahead).min(MOST);
        let able = match self.able(self.likely(now)) {
            none if none.is_empty() => self.able(self.earliest(now)),
            able => able,
        };
        let first_latest = able.first().map(|it| it.latest);
        let mut costs: Vec<u64> = able.iter().take(most).map(|it| it.cost).collect();
        if waiters <= places || costs.len() < ahead {
            let usual = self.arrivals.usual_cost();
            costs.resize(ahead.max(costs.len()).min(MOST), usual);
        }
        (!costs.is_empty()).then(|| (costs, first_latest.unwrap_or_else(|| now.after(HORIZON))))
    }

    /// When the last place is so near that more are ordered, if attempts wait for more.
    pub(super) fn orders_at(&self) -> Option<Moment> {
        let last = self.places.back()?;
        (self.unplaced() > 0).then(|| last.at.before(HORIZON / 2))
    }

    /// Those without a place that can wait until then.
    fn able(&self, earliest: Moment) -> Vec<&Waiter> {
        let unplaced = self.waiters.iter().skip(self.places.len());
        unplaced.filter(|it| it.latest >= earliest).collect()
    }

    /// The places that are ordered before they are needed.
    fn ahead(&self) -> usize {
        let expected = self.arrivals.expected();
        if expected < FREQUENT {
            return 0;
        }
        usize::try_from(expected).unwrap_or(MOST).min(MOST)
    }

    /// The places of this replica in [`HORIZON`], by the last order.
    fn most(&self) -> usize {
        let spacing = self.spacing.as_nanos();
        if spacing == 0 {
            return if self.next_place.is_some() { MOST } else { FIRST };
        }
        let most = HORIZON.as_nanos().checked_div(spacing).unwrap_or_default();
        usize::try_from(most).unwrap_or(MOST).clamp(1, MOST)
    }

    /// The earliest time of a place that would be ordered now, as far as is known: a moment ago it
    /// was that. A refund may have made it earlier since.
    pub(super) fn earliest(&self, now: Moment) -> Moment {
        match self.next_place {
            Some((at, known)) if now.since(known) < EXPIRY && !now.is_behind(known) => at,
            _ => now,
        }
    }

    /// The likely time of a place that would be ordered now: the line is about as long as it was.
    fn likely(&self, now: Moment) -> Moment {
        match self.next_place {
            Some((at, known)) if now.since(known) < LIKELY && !now.is_behind(known) => {
                now.after(at.since(known))
            }
            _ => now,
        }
    }

    /// The answer to an order of which the first place is at `first`: what is known of the line.
    pub(super) fn answered(&mut self, now: Moment, waits: &[Duration], refused: Option<Duration>) {
        let (first, last) = (waits.first(), waits.last());
        if let (Some(first), Some(last)) = (first, last) {
            let gaps = u32::try_from(waits.len().saturating_sub(1)).unwrap_or(u32::MAX);
            self.spacing = match gaps {
                // The line of all replicas moves on by as much while this one has one place.
                0 => *first,
                gaps => last.saturating_sub(*first).checked_div(gaps).unwrap_or_default(),
            };
        }
        let next = refused.or(last.copied()).unwrap_or_default();
        self.next_place = Some((now.after(next), now));
    }

    /// Attempts that wait without a place.
    pub(super) fn unplaced(&self) -> usize {
        self.waiters.len().saturating_sub(self.places.len())
    }

    /// The wakers of those whose latest time is before any place that they could get.
    pub(super) fn hopeless(&self, now: Moment) -> Vec<Waker> {
        let earliest = self.earliest(now);
        let unplaced = self.waiters.iter().skip(self.places.len());
        let hopeless = unplaced.filter(|it| it.latest < earliest);
        hopeless.map(|it| it.waker.clone()).collect()
    }
}

#[cfg(test)]
#[path = "line_test.rs"]
mod tests;
