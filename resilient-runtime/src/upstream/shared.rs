//! Stage upstream: the state that callers share, one for an upstream or for each of its keys.

use super::{
    Account, Bucket, Circuit, Gate, Slots, Ticket, UpstreamConfig,
    breaker::{Change, Entry},
    counts::Counters,
    meter::Refused,
    slots::Full,
    terms::Kind,
    usage::Totals,
};
use crate::{Class, Classification, Limits, Processed, Rejection, Upstream, clock::Moment, event};
use std::{fmt, num::NonZeroU64, ops::Deref, time::Duration};

/// What callers share. What every call writes is apart from what it only reads.
pub(crate) struct Shared {
    pub(super) account: Account,
    pub(super) gate: Gate,
    pub(super) circuit: Circuit,
    pub(super) slots: Apart<Slots>,
    pub(super) requests: Apart<Bucket>,
    pub(super) tokens: Apart<Bucket>,
    pub(super) usage: Apart<Totals>,
    pub(super) counts: Counters,
}

/// On cache lines of its own: a processor that reads what is beside it does not wait for one that writes it.
#[repr(align(64))]
pub(super) struct Apart<T>(T);

impl<T> Deref for Apart<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Leave to make an attempt. It has to be handed back once: by `succeeded`, `failed` or `dropped`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    /// Of the breaker, if there is one.
    ticket: Ticket,
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
    const fn at(self) -> Moment {
        Moment(self.at.get())
    }
}

/// What is known of an attempt that was let through.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    /// The tokens it was estimated to use.
    pub(super) estimated: u64,
    /// The tokens it has used, where the body has said so.
    pub(super) actual: Option<u64>,
}

impl Shared {
    pub(crate) fn new(config: &UpstreamConfig) -> Self {
        Self {
            account: Account::new(),
            gate: Gate::new(),
            circuit: Circuit::new(),
            slots: Apart(config.concurrency.map_or_else(Slots::off, Slots::new)),
            requests: Apart(Bucket::new(config.requests, Kind::Requests)),
            tokens: Apart(Bucket::new(config.tokens, Kind::Tokens)),
            usage: Apart(Totals::new()),
            counts: Counters::new(),
        }
    }

    /// Leave at once: through breaker, gate, concurrency limit and rate limits, or through none of them.
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
        self.slots.enter(until, Duration::MAX).await.map_err(full)?;
        taken.slot = true;
        let refused = |refused| match refused {
            Refused::Wait(wait) => Rejection::limited(config.name.clone(), Some(wait)),
            Refused::Never { capacity } => {
                Rejection::too_costly(config.name.clone(), cost, capacity)
            }
        };
        self.requests
            .take(1, until, Duration::MAX)
            .await
            .map_err(refused)?;
        taken.requests = 1;
        self.tokens
            .take(cost, until, Duration::MAX)
            .await
            .map_err(refused)?;
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

    /// For how long the circuit breaker lets nothing through, if it does not.
    pub(crate) fn circuit_open(&self, now: Moment) -> Option<Duration> {
        self.circuit.check(now).err()
    }

    #[inline(always)]
    pub(crate) fn succeeded(
        &self,
        upstream: &Upstream,
        permit: Permit,
        spent: Spent,
        at_once: bool,
    ) {
        let (now, took) = if at_once {
            (permit.at(), Duration::ZERO)
        } else {
            let now = Moment::now();
            (now, now.since(permit.at()))
        };
        let mut change = None;
        if let Some(breaker) = upstream.circuit_breaker() {
            let ticket = permit.ticket;
            change = self.circuit.success(breaker, ticket, now, took);
        }
        self.slots.release(Some(took), true);
        if spent.is_counted() {
            self.tokens.settle(spent.estimated, spent.used(), now);
            self.usage.succeeded(spent);
        }
        // Last, for a subscriber may panic.
        tell(upstream, change);
    }

    #[cold]
    pub(crate) fn failed(
        &self,
        upstream: &Upstream,
        permit: Permit,
        spent: Spent,
        failure: &Classification,
        now: Moment,
    ) {
        let class = failure.class;
        let took = now.since(permit.at());
        let told = failure.wait.map(|wait| wait.duration);
        // A demand that no call obeys does not hold back all of them either.
        let wait = told.filter(|wait| *wait <= upstream.config().policy.max_retry_after);
        let mut change = None;
        if let Some(breaker) = upstream.circuit_breaker() {
            let ticket = permit.ticket;
            change = if class == Class::QuotaExhausted {
                self.circuit.ignore(ticket);
                self.circuit.open(breaker, now, breaker.max_pause)
            } else if class.is_of_the_server() {
                self.circuit.failure(breaker, ticket, now, took, wait)
            } else {
                self.circuit.ignore(ticket);
                None
            };
        }
        // What the server has not worked on says nothing of how long it takes.
        let worked = (failure.processed != Processed::No).then_some(took);
        self.slots.release(worked, !class.is_overload());
        self.settle_tokens(spent, failure, now);
        let limits = failure.limits.as_deref();
        if class == Class::RateLimited {
            self.throttled(limits, now);
        }
        let nothing_left = limits.is_some_and(|limits| limits.wait().is_some());
        let asked = matches!(class, Class::RateLimited | Class::Overloaded)
            && (upstream.config().gate || nothing_left);
        if let (true, Some(wait)) = (asked, wait) {
            self.gate.close_until(now.after(wait));
        }
        // Last, for a subscriber may panic.
        tell(upstream, change);
    }

    /// What was not sent, or was refused unread, has used no tokens. The request itself counts where it was answered: most
    /// providers count refused requests too.
    fn settle_tokens(&self, spent: Spent, failure: &Classification, now: Moment) {
        let unread = failure.processed == Processed::No;
        if unread && failure.status.is_none() {
            self.requests.give_back(1);
        }
        if spent.is_counted() {
            let actual = match spent.actual {
                None if unread => Some(0),
                actual => actual,
            };
            let spent = Spent { actual, ..spent };
            self.tokens.settle(spent.estimated, spent.used(), now);
            self.usage.failed(spent);
        }
    }

    /// A 429: what its headers say of the quotas, or less than now if they say nothing.
    fn throttled(&self, limits: Option<&Limits>, now: Moment) {
        match limits {
            Some(limits) => self.learn(limits, now),
            None => {
                self.requests.throttled(now);
                self.tokens.throttled(now);
            }
        }
    }

    /// What the headers of an answer say of the quotas.
    #[cold]
    pub(crate) fn learn(&self, limits: &Limits, now: Moment) {
        self.requests.learn(&limits.requests, now);
        self.tokens.learn(&limits.tokens, now);
    }

    /// The attempt was dropped after it was sent: its requests and tokens are spent, as far as anybody knows.
    pub(crate) fn dropped(&self, permit: Permit, spent: Spent) {
        self.circuit.ignore(permit.ticket);
        self.slots.release(None, true);
        if spent.is_counted() {
            self.tokens
                .settle(spent.estimated, spent.used(), Moment::now());
            self.usage.failed(spent);
        }
    }

    /// Whether it would be a loss to forget it: somebody is using it, or a server has told something that still holds.
    pub(crate) fn matters(&self, now: Moment) -> bool {
        self.circuit.check(now).is_err() || self.gate.is_closed(now)
    }
}

impl Spent {
    /// The tokens it has used, as far as anybody knows.
    pub(super) fn used(self) -> u64 {
        self.actual.unwrap_or(self.estimated)
    }

    #[inline]
    fn is_counted(self) -> bool {
        self.estimated != 0 || self.actual.is_some()
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

#[inline]
pub(super) fn tell(upstream: &Upstream, change: Option<Change>) {
    if let Some(change) = change {
        event::circuit(upstream.name(), change.from, change.to, change.pause);
    }
}
