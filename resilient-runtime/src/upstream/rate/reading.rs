//! Reads a lowered limit again. A limit lowered by a server's headers may have been a mistake, or
//! be that of another resource. A call with a cost above it, but within the configured limit, would
//! not be sent while it applies, so its response would not update the limit. Therefore one such
//! call is sent.

use crate::{
    clock::Moment,
    sync::{Ordering, lock},
    upstream::rate::{
        current::{IN_FLIGHT, Limits},
        local::{RateState, Refused},
    },
};
use std::time::Duration;

/// If the clock has gone back by more than this, no call waits.
const AHEAD: Duration = Duration::from_secs(60);

impl Limits {
    /// Whether a call that costs more than the server's limit may be sent to read it again.
    ///
    /// `reading` has a bit while a call reads the limit, for one interval at most; below it is the
    /// earliest moment for the next such call. Only such calls count: cheaper ones may be about
    /// another limit, so their readings neither end the reading nor delay the next.
    ///
    /// # Errors
    /// The reason to wait.
    pub(super) fn may_read(&self, now: Moment) -> Result<(), Refused> {
        let next = Moment(self.reading & !IN_FLIGHT);
        if now >= next || next > now.after(AHEAD) {
            Ok(())
        } else {
            let next = (self.reading & IN_FLIGHT == 0).then(|| next.since(now));
            Err(Refused::Reading { next })
        }
    }

    /// Records the call that reads the limit again.
    pub(super) fn reads(&mut self, now: Moment) {
        self.reading = self.next_reading(now) | IN_FLIGHT;
    }

    /// The response to a call of this cost confirms the limit. Another call that reads it meanwhile
    /// goes on.
    pub(super) fn was_read(&mut self, cost: u64, now: Moment) {
        if self.is_above(cost) && self.reading & IN_FLIGHT == 0 {
            self.reading = self.next_reading(now);
        }
    }

    /// Whether a call of this cost would read the server's limit.
    fn is_above(&self, cost: u64) -> bool {
        self.bucket()
            .is_some_and(|bucket| cost > bucket.params.capacity())
    }

    fn next_reading(&self, now: Moment) -> u64 {
        let interval = self.reported.map(|reported| reported.reading_interval());
        now.after(interval.unwrap_or_default()).0
    }
}

impl RateState {
    /// A 429 confirms the limit, also without quotas.
    pub(super) fn confirmed(&self, cost: u64, now: Moment) {
        let mut limits = lock(&self.limits);
        limits.was_read(cost, now);
        self.publish(&limits);
    }

    /// Whether a call in flight reads the limit again.
    #[inline]
    pub(super) fn is_being_read(&self) -> bool {
        self.special.load(Ordering::Relaxed) & IN_FLIGHT != 0
    }

    /// A call of this cost has ended, or was not sent. If it was to read the limit, the next one
    /// may, unless the response to this one says more.
    #[cold]
    pub(super) fn read_ended(&self, cost: u64) {
        let mut limits = lock(&self.limits);
        if limits.is_above(cost) {
            limits.reading = 0;
            self.publish(&limits);
        }
    }
}
