//! Stage upstream: takes an attempt that wants to be sent, gives it leave at once: through breaker, gate, concurrency limit
//! and rate limits, or through none of them.

use crate::{
    Rejection, Upstream,
    clock::Moment,
    upstream::{
        breaker::{Entry, Ticket},
        state::UpstreamState,
    },
};
use std::{num::NonZeroU64, time::Duration};

/// Leave to make an attempt. It has to be handed back once: by `succeeded`, `failed` or `dropped`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    /// Of the breaker, if there is one.
    pub(crate) ticket: Ticket,
    /// The moment, which is never zero: a place for a permit is no larger than a permit.
    at: NonZeroU64,
}

impl Permit {
    #[inline]
    const fn new(ticket: Ticket, now: Moment) -> Self {
        let at = match NonZeroU64::new(now.0) {
            Some(at) => at,
            None => NonZeroU64::MIN,
        };
        Self { ticket, at }
    }

    #[inline]
    pub(crate) const fn at(self) -> Moment {
        Moment(self.at.get())
    }
}

impl UpstreamState {
    /// Leave at once, or none.
    #[inline(always)]
    pub(crate) fn try_admit(&self, upstream: &Upstream, cost: u64, now: Moment) -> Option<Permit> {
        if self.circuit.check(now).is_err() || self.gate.is_closed(now) {
            return None;
        }
        if !self.concurrency.try_acquire() {
            return None;
        }
        if self.requests.try_take(1, now).is_err() {
            self.put_back(true, 0, 0);
            return None;
        }
        if self.tokens.try_take(cost, now).is_err() {
            self.put_back(true, 1, 0);
            return None;
        }
        self.enter(upstream, cost, now, false).ok()
    }

    /// The first probe is about to be sent. Should a subscriber panic, it is not, and all that it has comes back.
    #[cold]
    fn tell_probing(&self, upstream: &Upstream, cost: u64, entry: Entry) {
        let mut unsent = Taken::all(self, entry.ticket, cost);
        self.emit_change(upstream, entry.change);
        unsent.keep();
    }

    /// Through the breaker, which comes last: it counts probes in flight, and an attempt that waits is not in flight.
    ///
    /// # Errors
    /// The time until it may be let in. All that was taken for the attempt has been put back.
    #[inline]
    pub(crate) fn enter(
        &self,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
        is_in_probe: bool,
    ) -> Result<Permit, Duration> {
        let Some(breaker) = upstream.circuit_breaker() else {
            return Ok(Permit::new(Ticket::NONE, now));
        };
        match self.circuit.enter(breaker, now) {
            Ok(entry) => {
                if entry.change.is_some() {
                    self.tell_probing(upstream, cost, entry);
                }
                Ok(Permit::new(entry.ticket, now))
            }
            // It counts for nothing: the attempt around it is the probe.
            Err(_) if is_in_probe => Ok(Permit::new(Ticket::NONE, now)),
            Err(wait) => {
                self.put_back(true, 1, cost);
                Err(wait)
            }
        }
    }

    /// What was taken for an attempt that is not sent.
    #[cold]
    fn put_back(&self, permit: bool, requests: u64, tokens: u64) {
        if permit {
            self.concurrency.release(None, true);
        }
        if requests > 0 {
            self.requests.give_back(requests);
        }
        if tokens > 0 {
            self.tokens.give_back(tokens);
        }
    }
}

/// What an attempt has got so far. Dropped, it all goes back.
pub(crate) struct Taken<'s> {
    shared: &'s UpstreamState,
    pub(crate) permit: bool,
    pub(crate) requests: u64,
    pub(crate) tokens: u64,
    /// Its place as a probe, if it has one.
    probe: Option<Ticket>,
}

impl<'s> Taken<'s> {
    pub(crate) const fn new(shared: &'s UpstreamState) -> Self {
        Self {
            shared,
            permit: false,
            requests: 0,
            tokens: 0,
            probe: None,
        }
    }

    /// All that an attempt has got.
    pub(crate) const fn all(shared: &'s UpstreamState, ticket: Ticket, cost: u64) -> Self {
        Self {
            shared,
            permit: true,
            requests: 1,
            tokens: cost,
            probe: Some(ticket),
        }
    }

    /// All of it belongs to the attempt.
    pub(crate) const fn keep(&mut self) {
        (self.permit, self.requests, self.tokens) = (false, 0, 0);
        self.probe = None;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(probe) = self.probe {
            self.shared.circuit.ignore(probe);
        }
        self.shared
            .put_back(self.permit, self.requests, self.tokens);
    }
}

#[cold]
pub(crate) fn open(upstream: &Upstream, wait: Duration) -> Rejection {
    Rejection::circuit_open(upstream.config().name.clone(), wait)
}
