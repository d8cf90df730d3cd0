//! Stage upstream: the state that callers share, one for an upstream or for each of its keys.

use crate::{
    Class, Classification, Processed, ServerLimits, Upstream, ambient,
    budget::BudgetState,
    clock::Moment,
    event::{EventKind, Origin, WaitsFor},
    failure::BreakerVote,
    upstream::{
        breaker::{Change, Circuit},
        concurrency::ConcurrencyLimit,
        config::UpstreamConfig,
        gate::Gate,
        permit::Permit,
        rate::{Kind, RateChange, RateLimit},
        stats::{Counters, Totals},
    },
};
use std::{fmt, ops::Deref, time::Duration};

/// What callers share. What every call writes is apart from what it only reads.
pub(crate) struct UpstreamState {
    key: Option<Box<str>>,
    pub(crate) budget: BudgetState,
    pub(crate) gate: Gate,
    pub(crate) circuit: Circuit,
    pub(crate) concurrency: CachePadded<ConcurrencyLimit>,
    pub(crate) requests: CachePadded<RateLimit>,
    pub(crate) tokens: CachePadded<RateLimit>,
    pub(crate) usage: CachePadded<Totals>,
    pub(crate) counts: Counters,
}

/// On cache lines of its own: a processor that reads what is beside it does not wait for one that writes it.
#[repr(align(64))]
pub(crate) struct CachePadded<T>(T);

impl<T> Deref for CachePadded<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl fmt::Debug for UpstreamState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamState").finish_non_exhaustive()
    }
}

/// What is known of an attempt that was let through.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    /// The tokens it was estimated to use.
    pub(crate) estimated: u64,
    /// The tokens it has used, where the body has said so.
    pub(crate) actual: Option<u64>,
}

impl UpstreamState {
    pub(crate) fn new(config: &UpstreamConfig, key: Option<&str>) -> Self {
        Self {
            key: key.map(Into::into),
            budget: BudgetState::new(),
            gate: Gate::new(),
            circuit: Circuit::new(),
            concurrency: CachePadded(
                config
                    .concurrency
                    .map_or_else(ConcurrencyLimit::off, ConcurrencyLimit::new),
            ),
            requests: CachePadded(RateLimit::new(config.requests, Kind::Requests)),
            tokens: CachePadded(RateLimit::new(config.tokens, Kind::Tokens)),
            usage: CachePadded(Totals::new()),
            counts: Counters::new(),
        }
    }

    /// Upstream and key, for events.
    pub(crate) fn origin<'a>(&'a self, upstream: &'a Upstream) -> Origin<'a> {
        Origin {
            call_site: None,
            upstream: Some(upstream.name()),
            key: self.key.as_deref(),
        }
    }

    /// Emits a change of the circuit breaker, if there is one.
    #[inline]
    pub(crate) fn emit_change(&self, upstream: &Upstream, change: Option<Change>) {
        if let Some(change) = change {
            let Change {
                from,
                to,
                break_duration,
            } = change;
            self.origin(upstream).emit(EventKind::CircuitChanged {
                from,
                to,
                break_duration,
            });
        }
    }

    fn emit_limits(&self, upstream: &Upstream, changes: [Option<RateChange>; 2]) {
        let limits = [WaitsFor::Requests, WaitsFor::Tokens];
        for (limit, change) in limits.into_iter().zip(changes) {
            if let Some(RateChange { from, to }) = change {
                let kind = EventKind::LimitChanged { limit, from, to };
                self.origin(upstream).emit(kind);
            }
        }
    }

    /// As attempts around a call name it: see [`ambient`].
    #[inline]
    pub(crate) fn id(&self) -> u64 {
        ambient::id_of(self)
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
        self.concurrency.release(Some(took), true);
        if spent.is_counted() {
            self.tokens.settle(spent.estimated, spent.used(), now);
            self.usage.succeeded(spent);
        }
        // Last, for a subscriber may panic.
        self.emit_change(upstream, change);
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
        let asked_wait = failure.wait.map(|wait| wait.duration);
        // A demand that no call obeys does not hold back all of them either.
        let wait = asked_wait.filter(|wait| *wait <= upstream.config().policy.max_retry_after);
        let mut change = None;
        if let Some(breaker) = upstream.circuit_breaker() {
            let ticket = permit.ticket;
            change = match class.breaker_vote() {
                BreakerVote::Counts => self.circuit.failure(breaker, ticket, now, took, wait),
                BreakerVote::Ignores => {
                    self.circuit.ignore(ticket);
                    None
                }
                BreakerVote::Opens => {
                    self.circuit.ignore(ticket);
                    self.circuit.open(breaker, now, breaker.max_break_duration)
                }
            };
        }
        // What the server has not worked on says nothing of how long it takes.
        let worked = (failure.processed != Processed::No).then_some(took);
        self.concurrency.release(worked, !class.is_overload());
        self.settle_tokens(spent, failure, now);
        let limits = failure.limits.as_deref();
        let mut lowered = [None; 2];
        if class == Class::RateLimited {
            lowered = self.throttled(limits, now);
        }
        let nothing_left = limits.is_some_and(|limits| limits.wait().is_some());
        let asked = class.closes_gate() && (upstream.config().gate || nothing_left);
        let pause = wait.filter(|_| asked);
        let closes = pause.filter(|pause| self.gate.close_until(now.after(*pause), now));
        if change.is_some() {
            // A retry that waits is refused at once by a breaker that has opened.
            self.budget.wake_all();
        }
        // Last, for a subscriber may panic.
        self.emit_change(upstream, change);
        self.emit_limits(upstream, lowered);
        if let Some(pause) = closes {
            let kind = EventKind::GateClosed { pause };
            self.origin(upstream).emit(kind);
        }
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
    fn throttled(&self, limits: Option<&ServerLimits>, now: Moment) -> [Option<RateChange>; 2] {
        match limits {
            Some(limits) => self.learned(limits, now),
            None => [self.requests.throttled(now), self.tokens.throttled(now)],
        }
    }

    /// What the headers of an answer say of the quotas.
    #[cold]
    pub(crate) fn learn(&self, upstream: &Upstream, limits: &ServerLimits, now: Moment) {
        self.emit_limits(upstream, self.learned(limits, now));
    }

    fn learned(&self, limits: &ServerLimits, now: Moment) -> [Option<RateChange>; 2] {
        [
            self.requests.learn(&limits.requests, now),
            self.tokens.learn(&limits.tokens, now),
        ]
    }

    /// The attempt was dropped after it was sent: its requests and tokens are spent, as far as anybody knows.
    pub(crate) fn dropped(&self, permit: Permit, spent: Spent) {
        self.circuit.ignore(permit.ticket);
        self.concurrency.release(None, true);
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
    pub(crate) fn used(self) -> u64 {
        self.actual.unwrap_or(self.estimated)
    }

    #[inline]
    fn is_counted(self) -> bool {
        self.estimated != 0 || self.actual.is_some()
    }
}
