//! The orders of a line: when, for how many attempts, and what the answer tells. Pure.

use super::line::{EXPIRY, Line, Waiter};
use crate::clock::Moment;
use std::{task::Waker, time::Duration};

/// The length of the line is about the same for so long.
const LIKELY: Duration = Duration::from_secs(4);

/// The time that the places of one order are for.
pub(super) const HORIZON: Duration = Duration::from_millis(250);

/// No place is given that is later than this.
const LONGEST_LINE: Duration = Duration::from_secs(60);

/// A line that is longer is looked at again after this time: it may have become shorter.
const FULL: Duration = Duration::from_secs(5);

/// More are ordered when the last place is as near as this.
const HALF: Duration = Duration::from_millis(125);

/// The most places of an order.
const MOST: usize = 64;

/// The most places that are ordered before anything is known of the line.
pub(super) const FIRST: usize = 4;

/// The calls in [`HORIZON`] from which on places are ordered before they are needed.
const FREQUENT: u64 = 5;

impl Line {
    /// The tokens of the places that are to be ordered now, and the latest time for the first.
    pub(super) fn order(&mut self, now: Moment) -> Option<(Vec<u64>, Moment)> {
        self.arrivals.turn(now);
        if self.is_full(now) {
            return None;
        }
        let (places, waiters) = (self.places.len(), self.waiters.len());
        let ahead = self.ahead();
        let is_enough = match self.places.back() {
            Some(last) if waiters > places => last.at.since(now) > HALF,
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
        // An order ahead is for the next moment: it would be refused while the line is longer.
        let is_refused = able.is_empty() && self.earliest(now) > now.after(HORIZON);
        if !is_refused && (waiters <= places || costs.len() < ahead) {
            let usual = self.arrivals.usual_cost();
            costs.resize(ahead.max(costs.len()).min(MOST), usual);
        }
        (!costs.is_empty()).then(|| (costs, first_latest.unwrap_or_else(|| now.after(HORIZON))))
    }

    /// Whether the line of all is too long for another place. A clock that goes back ends that.
    fn is_full(&self, now: Moment) -> bool {
        let left = self.full_until.map(|until| until.since(now));
        left.is_some_and(|left| !left.is_zero() && left <= FULL)
    }

    /// When the last place is so near that more are ordered, if attempts wait for more.
    pub(super) fn orders_at(&self) -> Option<Moment> {
        if self.unplaced() == 0 {
            return None;
        }
        let more_at = self.places.back().map(|last| last.at.before(HALF));
        more_at.max(self.full_until)
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
            return if self.next_place.is_some() {
                MOST
            } else {
                FIRST
            };
        }
        let most = HORIZON.as_nanos().checked_div(spacing).unwrap_or_default();
        usize::try_from(most).unwrap_or(MOST).clamp(1, MOST)
    }

    /// The earliest time of a place that would be ordered now, as far as is known: a moment ago it
    /// was that. A refund may have made it earlier since.
    pub(super) fn earliest(&self, now: Moment) -> Moment {
        match self.next_place {
            Some((at, known)) if !now.is_behind(known) => {
                let is_new = now.since(known) < EXPIRY || self.is_full(now);
                if is_new { at } else { now }
            }
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
                gaps => last
                    .saturating_sub(*first)
                    .checked_div(gaps)
                    .unwrap_or_default(),
            };
        }
        let too_long = refused.filter(|_| waits.is_empty());
        self.full_until = too_long
            .and_then(|wait| wait.checked_sub(LONGEST_LINE))
            .map(|full| now.after(full.min(FULL)));
        let next = refused.or(last.copied()).unwrap_or_default();
        self.next_place = Some((now.after(next), now));
    }

    /// The wakers of those whose latest time is before any place that they could get.
    pub(super) fn hopeless(&self, now: Moment) -> Vec<Waker> {
        let earliest = self.earliest(now);
        let unplaced = self.waiters.iter().skip(self.places.len());
        let hopeless = unplaced.filter(|it| it.latest < earliest);
        hopeless.map(|it| it.waker.clone()).collect()
    }
}
