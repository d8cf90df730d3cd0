//! Restrictions of the server that end, by their time and not by a response: that is noticed by the
//! next call, and reported once.

use crate::{
    clock::Moment,
    sync::{Ordering, lock},
    upstream::rate::{
        current::{ENDED, Limits},
        learn::RateChange,
        local::{RateState, Refused},
        throttle::Throttle,
    },
};
use std::time::Duration;

impl Limits {
    /// Keeps the rate after a change that is reported.
    pub(super) fn changed_to(&mut self, change: Option<RateChange>) -> Option<RateChange> {
        if let Some(RateChange { to, .. }) = change {
            self.lowered = self.is_restricted().then(|| Box::new(to));
        }
        change
    }

    /// Restrictions have expired: notes the change if it was the last one.
    pub(super) fn expired(&mut self) {
        if self.lowered.is_none() || self.is_restricted() {
            return;
        }
        if let (Some(from), Some(to)) = (self.lowered.take(), self.configured) {
            self.ended = RateChange::new(*from, to).map(Box::new);
        }
    }

    fn is_restricted(&self) -> bool {
        self.bucket().is_some() || self.throttle != Throttle::NONE
    }
}

impl RateState {
    /// As [`take_queued`](Self::take_queued), but refuses while the end of a restriction is not
    /// reported: the caller then takes the path that reports it.
    #[cold]
    pub(super) fn take_queued_or_report(&self, cost: u64, now: Moment) -> Result<(), Refused> {
        let has_ended = {
            let mut limits = lock(&self.limits);
            self.current(&mut limits, now);
            limits.ended.is_some()
        };
        if has_ended {
            return Err(Refused::Wait(Duration::from_nanos(1)));
        }
        self.take_queued(cost, now)
    }

    /// The change of the rate when the last restriction ended, to be reported; once.
    pub(crate) fn take_ended(&self) -> Option<RateChange> {
        if self.special.load(Ordering::Relaxed) & ENDED == 0 {
            return None;
        }
        let mut limits = lock(&self.limits);
        let ended = limits.ended.take();
        self.publish(&limits);
        ended.map(|ended| *ended)
    }
}
