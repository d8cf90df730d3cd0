//! Stage upstream: reads a lowered limit again. A limit that a server's headers have lowered may have been a mistake, or be
//! long over. A call whose cost exceeds it, and not the configured limit, would never be sent, and would never read the
//! headers again: so one such call is sent.

use crate::{
    clock::Moment,
    sync::{Ordering, lock},
    upstream::rate::{
        gcra::GcraParams,
        local::{RateState, Refused},
    },
};
use std::time::Duration;

/// The least and the longest time until another call is sent to read the limit: the limit's period, within these.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// The bit that says that a call is out to read the limit, above the moment until which the others wait for it. Without it,
/// that until which no other is sent.
const OUT: u64 = 1 << 63;

impl RateState {
    /// Whether what costs more than the limit holds may be sent all the same, to read the limit again.
    ///
    /// # Errors
    /// The refusal: for good, or while another call is out to read it.
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
        let until = Moment(word & !OUT);
        // A clock that has gone back blocks nobody.
        if now >= until || until > now.after(AGAIN.1) {
            Ok(())
        } else if word & OUT != 0 {
            Err(Refused::Reading)
        } else {
            Err(never)
        }
    }

    /// A call was let through that may be the one that reads the limit again.
    pub(super) fn reads(&self, cost: u64, now: Moment) {
        if cost > self.capacity() {
            let until = now.after(AGAIN.1).0;
            self.reading.store(until | OUT, Ordering::SeqCst);
        }
    }

    /// Whether a call is out to read the limit again.
    #[inline]
    pub(super) fn is_being_read(&self) -> bool {
        self.reading.load(Ordering::SeqCst) & OUT != 0
    }

    /// The limit was read again, or the call that was to read it has ended.
    pub(super) fn read_again(&self, now: Moment) {
        if !self.is_being_read() {
            return;
        }
        let period = lock(&self.rate).map_or(AGAIN.0, |rate| rate.period);
        let until = now.after(period.clamp(AGAIN.0, AGAIN.1)).0;
        self.reading.store(until, Ordering::SeqCst);
    }
}
