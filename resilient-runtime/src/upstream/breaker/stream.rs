//! Streams: the success at the first content is taken back if the stream breaks later.

use crate::{
    clock::Moment,
    sync::{Ordering, lock},
    upstream::breaker::{Breaker, Change, Circuit, Ticket},
};
use std::{sync::atomic::AtomicU32, time::Duration};

/// The bits of the consecutive failures that count them. Those above are not zero after a success
/// that may be taken back: any other success clears them.
const COUNT: u64 = u32::MAX as u64;

/// A success that may be taken back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun {
    ticket: Ticket,
    /// The bucket of the window in which it is counted.
    bucket: u64,
    is_slow: bool,
    /// The consecutive failures before it.
    failures: u64,
    /// Tells whether another success has come since: the word of the consecutive failures then
    /// has another one, or zero.
    number: u64,
}

/// The number of consecutive failures.
pub(super) const fn consecutive(word: u64) -> u64 {
    word & COUNT
}

/// A number above the count, not zero.
fn next_number() -> u64 {
    // It synchronises nothing, so models ignore it.
    static NUMBERS: AtomicU32 = AtomicU32::new(1);
    let number = NUMBERS.fetch_add(1, Ordering::Relaxed).max(1);
    u64::from(number) << COUNT.count_ones()
}

impl Circuit {
    /// A stream has given its first content, after `took`.
    pub(crate) fn began(
        &self,
        breaker: &Breaker,
        ticket: Ticket,
        now: Moment,
        took: Duration,
    ) -> (Option<Change>, Begun) {
        let is_slow = breaker.is_slow(took);
        let (failures, number) = self.forgive(ticket);
        let is_late = !ticket.is_probe() && self.word.load(Ordering::Acquire) != ticket.0;
        let is_at_once = !ticket.is_probe() && !is_slow;
        let change = if is_late || (is_at_once && self.window.success(now)) {
            None
        } else {
            self.success_locked(breaker, ticket, now, took)
        };
        let begun = Begun {
            ticket,
            bucket: self.window.bucket(),
            is_slow,
            failures,
            number,
        };
        (change, begun)
    }

    /// Sets the consecutive failures to zero. Returns how many there were, and the number of this
    /// success.
    fn forgive(&self, ticket: Ticket) -> (u64, u64) {
        if ticket.is_probe() {
            return (0, 0);
        }
        let Some(_inner) = self.lock_at(ticket) else {
            return (0, 0);
        };
        let word = self.consecutive_failures.load(Ordering::Relaxed);
        let mut number = word & !COUNT;
        if number == 0 {
            number = next_number();
        }
        self.consecutive_failures.store(number, Ordering::Relaxed);
        (consecutive(word), number)
    }

    /// The stream has ended: its success is not taken back, nor are those before it.
    pub(crate) fn confirm(&self, begun: &Begun) {
        let word = || self.consecutive_failures.load(Ordering::Relaxed);
        if begun.number == 0 || word() & !COUNT != begun.number {
            return;
        }
        let _inner = lock(&self.inner);
        if word() & !COUNT == begun.number {
            let failures = consecutive(word());
            self.consecutive_failures.store(failures, Ordering::Relaxed);
        }
    }

    /// The stream has broken: takes its success back. Returns the ticket for the failure, which
    /// counts in the state of the circuit at this moment, unless that is open.
    pub(crate) fn take_back(&self, breaker: &Breaker, begun: &Begun, now: Moment) -> Ticket {
        if begun.ticket.is_probe() {
            let mut inner = lock(&self.inner);
            let is_in_phase = self.word.load(Ordering::Relaxed) == begun.ticket.0;
            if is_in_phase && inner.is_before_end(now) {
                inner.succeeded = inner.succeeded.saturating_sub(1);
                // The failure takes it out again.
                inner.in_flight = inner.in_flight.saturating_add(1);
                return begun.ticket;
            }
        }
        let ticket = self.ticket_if_closed();
        if ticket != begun.ticket {
            return ticket;
        }
        let Some(mut inner) = self.lock_at(ticket) else {
            return ticket;
        };
        let (bucket, is_slow) = (begun.bucket, begun.is_slow);
        self.window
            .take_back(&mut inner.tally, bucket, is_slow, now, breaker.window);
        let word = self.consecutive_failures.load(Ordering::Relaxed);
        if begun.number != 0 && word & !COUNT == begun.number {
            self.consecutive_failures
                .fetch_add(begun.failures, Ordering::Relaxed);
        }
        ticket
    }
}
