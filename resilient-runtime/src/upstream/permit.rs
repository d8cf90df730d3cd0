//! Admission without waiting: an attempt passes breaker, gate, concurrency and rate limits, or
//! takes nothing.

use crate::{
    Upstream,
    clock::Moment,
    event::WaitsFor,
    scope,
    upstream::{
        breaker::{Entry, Ticket},
        state::UpstreamState,
    },
};
use std::{num::NonZeroU64, time::Duration};

/// Permission to make an attempt. It is returned exactly once, by `succeeded`, `failed` or
/// `dropped`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    /// The ticket of the breaker, if there is one.
    pub(crate) ticket: Ticket,
    /// The moment of admission. It is never zero, so `Option<Permit>` is no larger than `Permit`.
    at: NonZeroU64,
}

impl Permit {
    #[inline]
    pub(super) const fn new(ticket: Ticket, now: Moment) -> Self {
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

    /// A permit as if its attempt had ended now, after `took`.
    pub(crate) fn ended(ticket: Ticket, now: Moment, took: Duration) -> Self {
        Self::new(ticket, now.before(took))
    }
}

impl UpstreamState {
    /// Admits the attempt if it need not wait, and no caps are counted: those are for
    /// [`try_admit_with_caps`](Self::try_admit_with_caps).
    #[inline(always)]
    pub(crate) fn try_admit(&self, upstream: &Upstream, cost: u64, now: Moment) -> Option<Permit> {
        if self.circuit.check(now).is_err() || self.spending.caps.is_counting() {
            return None;
        }
        let mut resources = Resources::NONE;
        if self.take(&mut resources, cost, now, Ahead::NONE).is_err() {
            self.put_back(upstream, resources);
            return None;
        }
        self.enter(upstream, cost, now, false).ok()
    }

    /// Takes the resources of an attempt, as far as there is no wait for one: gate, concurrency,
    /// requests, tokens. A permit may have been granted before. In this order no permit is taken
    /// while the gate is closed, and no rate limit counts an attempt that waits for a permit.
    ///
    /// # Errors
    /// The first resource that the attempt has to wait for. The others are to be put back: none is
    /// held over a wait.
    #[inline(always)]
    pub(super) fn take(
        &self,
        resources: &mut Resources,
        cost: u64,
        now: Moment,
        ahead: Ahead,
    ) -> Result<(), WaitsFor> {
        // A test without waits passes gate and rates at once.
        let has_waits = scope::has_waits();
        if has_waits && self.gate.is_closed(now) {
            return Err(WaitsFor::Gate);
        }
        if !resources.permit && !self.concurrency.try_acquire() {
            return Err(WaitsFor::Concurrency);
        }
        resources.permit = true;
        let request = if ahead.requests {
            self.requests.take_first(1, now)
        } else {
            self.requests.try_take(1, now)
        };
        if has_waits && request.is_err() {
            return Err(WaitsFor::Requests);
        }
        resources.request = true;
        let tokens = if ahead.tokens {
            self.tokens.take_first(cost, now)
        } else {
            self.tokens.try_take(cost, now)
        };
        if has_waits && tokens.is_err() {
            return Err(WaitsFor::Tokens);
        }
        resources.tokens = Some(cost);
        Ok(())
    }

    /// The first probe is about to be sent. If a subscriber panics, it is not sent, and everything
    /// it took is returned.
    #[cold]
    fn emit_first_probe(&self, upstream: &Upstream, cost: u64, entry: Entry) {
        let mut unsent = Taken::all(upstream, self, entry.ticket, cost);
        self.emit_change(upstream, entry.change);
        unsent.keep();
    }

    /// Enters the breaker. It comes last: it counts probes in flight, and a waiting attempt is not
    /// in flight.
    ///
    /// # Errors
    /// The time until the next chance. Everything taken for the attempt has been returned.
    #[inline]
    pub(crate) fn enter(
        &self,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
        is_in_probe: bool,
    ) -> Result<Permit, Duration> {
        let settings = self.settings(upstream.config());
        let Some(breaker) = &settings.breaker else {
            return Ok(Permit::new(Ticket::NONE, now));
        };
        match self.circuit.enter(breaker, now) {
            Ok(entry) => {
                if entry.change.is_some() {
                    self.emit_first_probe(upstream, cost, entry);
                }
                Ok(Permit::new(entry.ticket, now))
            }
            // Not counted: the enclosing attempt is the probe.
            Err(_) if is_in_probe => Ok(Permit::new(Ticket::NONE, now)),
            Err(wait) => {
                self.put_back(upstream, Resources::all(cost));
                Err(wait)
            }
        }
    }

    /// An admitted attempt is not sent after all.
    #[cold]
    pub(crate) fn unsent(&self, upstream: &Upstream, permit: Permit, cost: u64) {
        drop(Taken::all(upstream, self, permit.ticket, cost));
    }

    /// Returns the resources of an attempt that is not sent.
    #[cold]
    pub(super) fn put_back(&self, upstream: &Upstream, resources: Resources) {
        if resources.permit {
            self.concurrency.release(None, true);
        }
        if resources.request {
            self.requests.give_back(1);
        }
        if let Some(tokens) = resources.tokens.filter(|tokens| *tokens > 0) {
            self.tokens.give_back(tokens);
        }
        if resources.cap && self.spending.caps.is_counting() {
            self.give_back_cap(upstream);
            self.unsent_with_others(upstream, resources.tokens.unwrap_or_default());
        }
    }
}

/// The queues of rate limits that an attempt takes ahead of.
#[derive(Clone, Copy)]
pub(crate) struct Ahead {
    pub(crate) requests: bool,
    pub(crate) tokens: bool,
}

impl Ahead {
    pub(super) const NONE: Self = Self {
        requests: false,
        tokens: false,
    };
}

/// The resources an attempt has taken so far.
#[derive(Clone, Copy)]
pub(crate) struct Resources {
    pub(crate) permit: bool,
    pub(crate) request: bool,
    pub(crate) tokens: Option<u64>,
    /// Whether it is counted by the caps on requests.
    pub(crate) cap: bool,
}

impl Resources {
    pub(super) const NONE: Self = Self {
        permit: false,
        request: false,
        tokens: None,
        cap: false,
    };

    /// Those of an attempt that was sent in shadow mode.
    const PERMIT: Self = Self {
        permit: true,
        cap: true,
        ..Self::NONE
    };

    const fn all(cost: u64) -> Self {
        Self {
            permit: true,
            request: true,
            tokens: Some(cost),
            cap: true,
        }
    }
}

/// The resources of an attempt that is not sent yet. Dropping this returns them.
pub(crate) struct Taken<'s> {
    upstream: &'s Upstream,
    shared: &'s UpstreamState,
    pub(crate) resources: Resources,
    /// Its ticket, if it may be a probe.
    probe: Option<Ticket>,
}

impl<'s> Taken<'s> {
    pub(crate) const fn new(upstream: &'s Upstream, shared: &'s UpstreamState) -> Self {
        Self {
            upstream,
            shared,
            resources: Resources::NONE,
            probe: None,
        }
    }

    /// All resources of an admitted attempt.
    pub(crate) fn all(
        upstream: &'s Upstream,
        shared: &'s UpstreamState,
        ticket: Ticket,
        cost: u64,
    ) -> Self {
        let resources = if ticket == Ticket::SHADOW {
            Resources::PERMIT
        } else {
            Resources::all(cost)
        };
        Self {
            upstream,
            shared,
            resources,
            probe: Some(ticket),
        }
    }

    /// Returns the units of rate limits.
    pub(crate) fn put_back_units(&mut self) {
        let permit = self.resources.permit;
        self.resources.permit = false;
        self.put_back();
        self.resources.permit = permit;
    }

    /// Returns all of them.
    pub(crate) fn put_back(&mut self) {
        let resources = std::mem::replace(&mut self.resources, Resources::NONE);
        self.shared.put_back(self.upstream, resources);
    }

    /// Leaves the resources to the attempt: dropping this returns nothing.
    pub(crate) const fn keep(&mut self) {
        self.resources = Resources::NONE;
        self.probe = None;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(probe) = self.probe {
            self.shared.circuit.ignore(probe);
        }
        self.shared.put_back(self.upstream, self.resources);
    }
}
