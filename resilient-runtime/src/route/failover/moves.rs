//! The way of a call from one target to another.

use super::FailoverRoute;
use crate::{
    Class, Upstream,
    clock::Moment,
    event::WaitsFor,
    failover::{Choice, bit, choose},
    failure::TargetEffect,
    halt,
    policy::decide::OtherTarget,
    route::{PolicySource, RetryAccounting as _, RouteState, Start as _, UpstreamRoute},
    upstream::{Hindrance, KeyHandle},
};
use std::time::Duration;

impl<P: PolicySource> FailoverRoute<P> {
    /// Whether the call does not use this target any more.
    #[inline]
    pub(super) const fn is_closed(&self, index: u8) -> bool {
        self.lost & bit(index) != 0
    }

    /// The route to a target.
    pub(super) fn route_to(&self, index: u8) -> UpstreamRoute<'static, P> {
        let handle = self.state.target(index).handle(self.inner.cost());
        handle.start(self.inner.site(), self.policy)
    }

    /// The upstream and the key of the present target, for a stream.
    pub(crate) fn held_target(&self) -> (&'static Upstream, KeyHandle) {
        self.state.held(self.present)
    }

    /// The present target has failed.
    pub(super) fn note_tried(&mut self) {
        let here = bit(self.present);
        self.tried |= here;
        if !self.is_any_open(self.lost | self.tried) {
            self.tried = here;
        }
    }

    /// Whether there is a target that is not `closed`.
    fn is_any_open(&self, closed: u32) -> bool {
        let all = self.state.targets.iter().zip(0..);
        all.map(|(_, index)| bit(index))
            .any(|bit| closed & bit == 0)
    }

    /// The targets that the next attempt may not use, as bits: those that refuse it, and those that
    /// the call has left, if it moves on and there are others.
    pub(super) fn closed_targets(&self, refusing: u32) -> u32 {
        let closed = self.lost | refusing;
        if self.is_moving && self.is_any_open(closed | self.left) {
            closed | self.left
        } else {
            closed
        }
    }

    /// The choice between the targets that are not `closed`.
    pub(super) fn choice(&self, closed: u32, time_left: Option<Duration>, now: Moment) -> Choice {
        let state = self.state;
        // A caller who stays begins with the present target, and a call that has failed with those
        // that have not.
        let is_first = self.failed_with.is_none();
        let is_late = |index| self.tried & bit(index) != 0;
        let is_early = |index| is_first && index == self.present;
        let rank = |index| (is_late(index), !is_early(index), index);
        let mut outlooks = state.outlooks(self.inner.cost(), now, |index| closed & bit(index) == 0);
        outlooks.sort_by_key(|outlook| rank(outlook.index));
        let prefer_wait = if self.has_preferred {
            Duration::ZERO
        } else {
            state.settings.prefer_wait
        };
        choose(&outlooks, prefer_wait, time_left)
    }

    /// A retry that is due pays from the account of the target that it goes to, as far as that is
    /// known: goes there, unless it has asked already.
    #[cold]
    pub(super) fn prepare(&mut self, state: &mut RouteState, now: Moment) {
        if self.is_moving || state.budget.is_asking() {
            return;
        }
        let next = match self.choice(self.closed_targets(0), None, now) {
            Choice::Now(index) => index,
            Choice::Wait { targets, .. } => match targets.first() {
                Some(index) => *index,
                None => return,
            },
            Choice::Never => return,
        };
        if next == self.present {
            return;
        }
        let from = self.present;
        self.inner.close_budget(state);
        self.inner = self.route_to(next);
        self.present = next;
        if let Some(class) = self.failed_with {
            self.state.moved(from, next, class, self.inner.origin());
        }
    }

    /// The best other target after a failure of this class, if the call may move on to one.
    #[cold]
    pub(super) fn other_target_after(&self, class: Class, now: Moment) -> Option<OtherTarget> {
        let effect = class.target_effect();
        let named = self.named_for(class);
        let leaves = effect.leaves() || named.is_some();
        if effect == TargetEffect::Stays && named.is_none() {
            return None;
        }
        let here = bit(self.present);
        let closed = match named {
            Some(named) => !bit(named),
            None if leaves => self.lost | here,
            // At once, a target is left only one time.
            None if self.left & here != 0 => return None,
            None => self.lost | self.left | here,
        };
        let outlooks = self
            .state
            .outlooks(self.inner.cost(), now, |index| closed & bit(index) == 0);
        let serving = outlooks.iter().filter(|it| it.is_possible());
        let (mut best, mut shortest) = (None, Duration::MAX);
        for outlook in serving {
            // A target that is down is tried if no retry here can succeed.
            if matches!(outlook.hindrance, Some(Hindrance::Wait(WaitsFor::Cap, _))) {
                // A cap is not waited for.
                continue;
            }
            let wait = match outlook.wait() {
                Some(wait) if !outlook.is_down() => wait,
                _ if leaves => Duration::ZERO,
                _ => continue,
            };
            if best.is_none() || wait < shortest {
                (best, shortest) = (Some(outlook.index), wait);
            }
        }
        let best = best?;
        Some(OtherTarget {
            wait: shortest,
            leaves,
            // A target that asks for a second pause is left.
            prefer_wait: (self.present < best && self.stayed & here == 0)
                .then_some(self.state.settings.prefer_wait),
        })
    }

    /// The target that answers failures of this class, if it is another one that the call may use.
    fn named_for(&self, class: Class) -> Option<u8> {
        let named = self.state.settings.target_for(class)?;
        let is_open = named != self.present && !self.is_closed(named);
        is_open.then_some(named)
    }

    /// The call moves on from the present target, after a failure of this class.
    pub(super) fn leave(&mut self, class: Class) {
        let here = bit(self.present);
        self.left |= here;
        self.is_moving = true;
        if let Some(named) = self.named_for(class) {
            self.lost |= !bit(named);
        } else if class.target_effect().leaves() {
            self.lost |= here;
        }
    }

    /// A retry at the present target would wait for its retry budget: moves on, if another target
    /// can serve now.
    #[cold]
    pub(super) fn moves_at_once(&mut self, now: Moment) -> bool {
        let here = bit(self.present);
        if self.left & here != 0 {
            return false;
        }
        let closed = self.lost | self.left | here;
        let outlooks = self
            .state
            .outlooks(self.inner.cost(), now, |index| closed & bit(index) == 0);
        let moves = outlooks
            .iter()
            .any(|it| !it.is_down() && it.wait() == Some(Duration::ZERO));
        if moves {
            self.left |= here;
            self.is_moving = true;
        }
        moves
    }

    /// Whether the upstreams of all targets are switched off.
    pub(super) fn are_all_switched_off(&self) -> bool {
        let mut targets = self.state.targets.iter();
        targets.all(|target| halt::stops_attempt(Some(target.upstream_name())).is_some())
    }
}
