//! Reads a lowered limit again. A limit lowered by a server's headers may have been a mistake, or
//! have been lifted since. A call with a cost above it, but within the configured limit, would
//! never be sent, so its response would never update the limit. Therefore one such call is sent.

use crate::{
    clock::Moment,
    sync::{Ordering, lock},
    upstream::rate::{
        gcra::GcraParams,
        local::{RateState, Refused},
    },
};
use std::time::Duration;

/// The interval between two such calls: the limit's period, within these bounds.
const INTERVAL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// This bit is set while a call reads the limit; below it is the moment until which others wait for
/// it. Without the bit, that moment is the earliest for the next such call.
const IN_FLIGHT: u64 = 1 << 63;

impl RateState {
    /// Whether a call that costs more than the limit may be sent to read it again.
    ///
    /// # Errors
    /// The rejection: final, or while another call reads the limit.
    pub(super) fn may_read(&self, cost: u64, capacity: u64, now: Moment) -> Result<(), Refused> {
        let never = Refused::Never { capacity };
        let configured = *lock(&self.rate);
        let rate = configured.ok_or(never)?;
        let server_limit = self.server_limit.load(Ordering::SeqCst);
        let is_learned = server_limit != 0 && server_limit < rate.amount;
        if !is_learned || cost > GcraParams::of(rate, self.kind).capacity() {
            return Err(never);
        }
        let word = self.reading.load(Ordering::SeqCst);
        let until = Moment(word & !IN_FLIGHT);
        // A clock that has gone back blocks no call.
        if now >= until || until > now.after(INTERVAL.1) {
            Ok(())
        } else if word & IN_FLIGHT != 0 {
            Err(Refused::Reading)
        } else {
            Err(never)
        }
    }

    /// Records an admitted call, which may be the one that reads the limit again.
    pub(super) fn reads(&self, cost: u64, now: Moment) {
        if cost > self.capacity() {
            let until = now.after(INTERVAL.1).0;
            self.reading.store(until | IN_FLIGHT, Ordering::SeqCst);
        }
    }

    /// Whether a call in flight reads the limit again.
    #[inline]
    pub(super) fn is_being_read(&self) -> bool {
        self.reading.load(Ordering::SeqCst) & IN_FLIGHT != 0
    }

    /// The limit was read again, or the call that was to read it has ended.
    pub(super) fn read_again(&self, now: Moment) {
        if !self.is_being_read() {
            return;
        }
        let period = lock(&self.rate).map_or(INTERVAL.0, |rate| rate.period);
        let until = now.after(period.clamp(INTERVAL.0, INTERVAL.1)).0;
        self.reading.store(until, Ordering::SeqCst);
    }
}
