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

/// The interval between two such calls: the limit's period, within these bounds.
const INTERVAL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

impl Limits {
    /// Whether a call that costs more than the server's limit may be sent to read it again.
    ///
    /// `reading` has a bit while a call reads the limit; below it is the moment until which others
    /// wait for it. Without the bit, that moment is the earliest for the next such call.
    ///
    /// # Errors
    /// The rejection: final, or while another call reads the limit.
    pub(super) fn may_read(&self, capacity: u64, now: Moment) -> Result<(), Refused> {
        let until = Moment(self.reading & !IN_FLIGHT);
        // A clock that has gone back blocks no call.
        if now >= until || until > now.after(INTERVAL.1) {
            Ok(())
        } else if self.reading & IN_FLIGHT != 0 {
            Err(Refused::Reading)
        } else {
            Err(Refused::Never { capacity })
        }
    }

    /// Records the call that reads the limit again.
    pub(super) fn reads(&mut self, now: Moment) {
        self.reading = now.after(INTERVAL.1).0 | IN_FLIGHT;
    }

    /// The limit was read again, or the call that was to read it has ended.
    pub(super) fn was_read(&mut self, now: Moment) {
        if self.reading & IN_FLIGHT != 0 {
            let period = self.rate().map_or(INTERVAL.0, |rate| rate.period);
            self.reading = now.after(period.clamp(INTERVAL.0, INTERVAL.1)).0;
        }
    }
}

impl RateState {
    /// Whether a call in flight reads the limit again.
    #[inline]
    pub(super) fn is_being_read(&self) -> bool {
        self.special.load(Ordering::Relaxed) & IN_FLIGHT != 0
    }

    /// The call that was to read the limit has ended.
    pub(super) fn read_again(&self, now: Moment) {
        let mut limits = lock(&self.limits);
        limits.was_read(now);
        self.publish(&limits);
    }

    /// The call that was to read the limit was not sent: another may do it.
    #[cold]
    pub(super) fn was_not_read(&self) {
        let mut limits = lock(&self.limits);
        limits.reading = 0;
        self.publish(&limits);
    }
}
