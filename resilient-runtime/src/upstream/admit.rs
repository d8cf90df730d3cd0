//! Stage upstream: takes an attempt that wants to be sent, gives it leave: through breaker, gate, concurrency limit and rate
//! limits, or through none of them.

use super::{
    Ticket,
    breaker::Entry,
    meter::Refused,
    shared::{Shared, tell},
    slots::Full,
};
use crate::{Rejection, Upstream, clock::Moment};
use std::{num::NonZeroU64, time::Duration};

/// Leave to make an attempt. It has to be handed back once: by `succeeded`, `failed` or `dropped`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    /// Of the breaker, if there is one.
    pub(super) ticket: Ticket,
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
    pub(super) const fn at(self) -> Moment {
        Moment(self.at.get())
    }
}

impl Shared {
    /// Leave at once, or none.
    #[inline(always)]
    pub(crate) fn try_admit(&self, upstream: &Upstream, cost: u64, now: Moment) -> Option<Permit> {
        if self.circuit.check(now).is_err() || self.gate.is_closed(now) {
            return None;
        }
        if !self.slots.try_enter() {
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
        self.enter(upstream, cost, now).ok()
    }

    /// Leave in its turn. Cancel safe: dropped before it is ready, it has taken nothing.
    ///
    /// # Errors
    /// The rejection, at once where it is known that the wait would outlast the deadline or the longest wait.
    pub(crate) async fn admit(
        &self,
        upstream: &Upstream,
        cost: u64,
        deadline: Moment,
    ) -> Result<Permit, Rejection> {
        let config = upstream.config();
        let latest = Moment::now().after(config.max_wait).earlier(deadline);
        let until = latest.instant();
        let mut taken = Taken::new(self);
        self.check_circuit(upstream, Moment::now())?;
        let capacity = self.tokens.capacity();
        if cost > capacity {
            let name = config.name.clone();
            return Err(Rejection::too_costly(name, cost, capacity));
        }
        self.gate
            .pass(latest)
            .await
            .map_err(|wait| Rejection::limited(config.name.clone(), Some(wait)))?;
        let full = |full| match full {
            Full::Queue => Rejection::at_capacity(config.name.clone(), self.slots.limit()),
            Full::Time => Rejection::limited(config.name.clone(), None),
        };
        self.slots.enter(until).await.map_err(full)?;
        taken.slot = true;
        let refused = |refused| match refused {
            Refused::Wait(wait) => Rejection::limited(config.name.clone(), Some(wait)),
            Refused::Never { capacity } => {
                Rejection::too_costly(config.name.clone(), cost, capacity)
            }
        };
        self.requests.take(1, until).await.map_err(refused)?;
        taken.requests = 1;
        self.tokens.take(cost, until).await.map_err(refused)?;
        taken.tokens = cost;
        // What has closed meanwhile holds for those too who have waited.
        self.gate
            .pass(latest)
            .await
            .map_err(|wait| Rejection::limited(config.name.clone(), Some(wait)))?;
        let now = Moment::now();
        if !deadline.is_never() && now >= deadline {
            // It would be sent only to be cut.
            return Err(Rejection::limited(config.name.clone(), None));
        }
        taken.keep();
        self.enter(upstream, cost, now)
    }

    /// The first probe is about to be sent. Should a subscriber panic, it is not, and all that it has comes back.
    #[cold]
    fn tell_probing(&self, upstream: &Upstream, cost: u64, entry: Entry) {
        let mut unsent = Unsent {
            taken: Taken {
                shared: self,
                slot: true,
                requests: 1,
                tokens: cost,
            },
            probe: Some(entry.ticket),
        };
        tell(upstream, entry.change);
        unsent.taken.keep();
        unsent.probe = None;
    }

    /// Through the breaker, at last, with all that was taken: it knows how many probes are out, and an attempt that still
    /// waits is none. What it does not let in has nothing any more.
    #[inline]
    fn enter(&self, upstream: &Upstream, cost: u64, now: Moment) -> Result<Permit, Rejection> {
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
            Err(wait) => {
                self.put_back(true, 1, cost);
                Err(open(upstream, wait))
            }
        }
    }

    /// What was taken for an attempt that is not sent.
    #[cold]
    fn put_back(&self, slot: bool, requests: u64, tokens: u64) {
        if slot {
            self.slots.release(None, true);
        }
        if requests > 0 {
            self.requests.give_back(requests);
        }
        if tokens > 0 {
            self.tokens.give_back(tokens);
        }
    }

    /// # Errors
    /// The rejection, while the circuit breaker lets nothing through.
    pub(crate) fn check_circuit(&self, upstream: &Upstream, now: Moment) -> Result<(), Rejection> {
        match self.circuit.check(now) {
            Ok(()) => Ok(()),
            Err(wait) => Err(open(upstream, wait)),
        }
    }
}

/// A probe that is not sent, should this be dropped.
struct Unsent<'s> {
    taken: Taken<'s>,
    probe: Option<Ticket>,
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        if let Some(probe) = self.probe {
            self.taken.shared.circuit.ignore(probe);
        }
    }
}

/// What an attempt has got so far. Dropped, it all goes back.
struct Taken<'s> {
    shared: &'s Shared,
    slot: bool,
    requests: u64,
    tokens: u64,
}

impl<'s> Taken<'s> {
    const fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            slot: false,
            requests: 0,
            tokens: 0,
        }
    }

    /// All of it belongs to the attempt.
    const fn keep(&mut self) {
        (self.slot, self.requests, self.tokens) = (false, 0, 0);
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.shared.put_back(self.slot, self.requests, self.tokens);
    }
}

#[cold]
fn open(upstream: &Upstream, wait: Duration) -> Rejection {
    Rejection::circuit_open(upstream.config().name.clone(), wait)
}
