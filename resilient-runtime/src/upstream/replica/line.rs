//! The attempts of this replica that wait for places in the line of all replicas, and the places
//! that it has. Pure.
//!
//! The first attempt has the first place, and so on: a place belongs to a position and not to an
//! attempt. So the place of one that is cancelled goes to those behind it, and nothing has to be
//! returned.

use super::arrivals::Arrivals;
use crate::clock::Moment;
use std::{collections::VecDeque, task::Waker, time::Duration};

/// A place that is not used for so long after its time is returned.
pub(super) const EXPIRY: Duration = Duration::from_secs(1);

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

pub(super) struct Waiter {
    id: u64,
    pub(super) cost: u64,
    pub(super) latest: Moment,
    pub(super) waker: Waker,
}

pub(super) struct Line {
    pub(super) waiters: VecDeque<Waiter>,
    /// In the order of their time.
    pub(super) places: VecDeque<Place>,
    next_id: u64,
    /// The time between two places of the last order that had to wait.
    pub(super) spacing: Duration,
    /// The earliest time of a place that would be ordered now, and when that was known.
    pub(super) next_place: Option<(Moment, Moment)>,
    /// The store gives no place before then.
    pub(super) full_until: Option<Moment>,
    /// Attempts that have come in the current part of time, and in the one before.
    pub(super) arrivals: Arrivals,
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
            full_until: None,
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
        self.places
            .front()
            .is_some_and(is_due)
            .then(|| self.places.pop_front())?
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
    pub(super) fn put_back(&mut self, place: Place, now: Moment) -> Vec<Waker> {
        // It does not expire before those that wait have looked.
        let at = place.at.max(now);
        self.places.push_front(Place { at, ..place });
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
        self.full_until = None;
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

    /// Attempts that wait without a place.
    pub(super) fn unplaced(&self) -> usize {
        self.waiters.len().saturating_sub(self.places.len())
    }
}

#[cfg(test)]
#[path = "line_test.rs"]
mod tests;
