//! The shared state of an upstream, or of one of its keys.

use crate::{
    Class, Classification, Processed, ServerLimits, Tokens, Upstream, ambient,
    budget::{BudgetState, balance::Balance},
    clock::Moment,
    event::EventKind,
    statistics::CallStatistics,
    upstream::{
        breaker::{Circuit, Ticket},
        cap::CapState,
        concurrency::ConcurrencyLimit,
        config::UpstreamConfig,
        gate::Gate,
        permit::Permit,
        rate::{Kind, RateChange, RateLimit},
        spent::Spent,
        stats::{Counters, Totals},
    },
};
use std::{fmt, ops::Deref, time::Duration};

/// The state that callers share. Fields written by every call are apart from fields that are only
/// read.
pub(crate) struct UpstreamState {
    pub(super) key: Option<Box<str>>,
    pub(crate) budget: BudgetState,
    pub(crate) gate: Gate,
    pub(crate) circuit: Circuit,
    pub(crate) concurrency: CachePadded<ConcurrencyLimit>,
    pub(crate) requests: CachePadded<RateLimit>,
    pub(crate) tokens: CachePadded<RateLimit>,
    pub(crate) spending: CachePadded<Spending>,
    pub(crate) counts: Counters,
    pub(crate) statistics: CallStatistics,
    /// The settings of a configuration.
    #[cfg(feature = "config")]
    pub(super) configured: super::configured::ConfiguredLimits,
}

/// The tokens that were used, and the caps that count them: a call without tokens only reads of it.
pub(crate) struct Spending {
    pub(crate) usage: Totals,
    pub(crate) caps: CapState,
    /// The part of it that is shared with other processes.
    #[cfg(feature = "sharing")]
    pub(super) replica: super::replica::ReplicaSlot,
}

/// Padded to its own cache lines, against false sharing.
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

impl UpstreamState {
    pub(crate) fn new(config: &UpstreamConfig, key: Option<&str>) -> Self {
        let state = Self {
            key: key.map(Into::into),
            budget: BudgetState::new(Balance::new()),
            gate: Gate::new(),
            circuit: Circuit::new(),
            concurrency: CachePadded(
                config
                    .concurrency
                    .map_or_else(ConcurrencyLimit::off, ConcurrencyLimit::new),
            ),
            requests: CachePadded(RateLimit::new(config.requests, Kind::Requests)),
            tokens: CachePadded(RateLimit::new(config.tokens, Kind::Tokens)),
            spending: CachePadded(Spending {
                usage: Totals::new(),
                caps: CapState::new(),
                #[cfg(feature = "sharing")]
                replica: super::replica::ReplicaSlot::new(),
            }),
            counts: Counters::new(),
            statistics: CallStatistics::new(),
            #[cfg(feature = "config")]
            configured: super::configured::ConfiguredLimits::new(),
        };
        state.set_caps(config);
        state
    }

    /// Whether it is the state of a key.
    #[inline]
    pub(crate) const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The identity by which nested calls recognise it; see [`ambient`].
    #[inline]
    pub(crate) fn id(&self) -> u64 {
        ambient::id_of(self)
    }

    /// Whether an attempt around the running code may be the probe in flight. A call inside a probe
    /// shares its place.
    pub(crate) fn is_in_probe(&self, now: Moment) -> bool {
        ambient::is_inside(self.id()) && self.circuit.is_half_open(now)
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
        if let Some(breaker) = &self.settings(upstream.config()).breaker {
            let ticket = permit.ticket;
            change = self.circuit.success(breaker, ticket, now, took);
        }
        self.concurrency.release(Some(took), true);
        if spent.is_counted() {
            self.settle(permit.ticket, spent, now);
            self.spend(upstream, spent, false);
        }
        // Last, because a subscriber may panic.
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
        let settings = self.settings(upstream.config());
        // A wait that the policy rejects for one call does not pause all callers either.
        let wait = asked_wait.filter(|wait| *wait <= settings.policy.max_retry_after);
        let change = self.vote(upstream, permit.ticket, failure, (now, took), wait);
        // A request that the server has not processed says nothing about its latency.
        let worked = (failure.processed != Processed::No).then_some(took);
        self.concurrency.release(worked, !class.is_overload());
        let is_capped = self.settle_failed(upstream, permit.ticket, spent, failure, now);
        let limits = failure.limits.as_deref();
        let mut lowered = [None; 2];
        if class == Class::RateLimited {
            lowered = self.throttled(upstream, limits, spent.estimated, now);
        }
        let nothing_left = limits.is_some_and(|limits| self.is_nothing_left(limits, now));
        let asked = class.closes_gate() && (settings.gate || nothing_left);
        let pause = wait.filter(|_| asked);
        let closes = pause.filter(|pause| self.gate.close_until(now.after(*pause), now));
        if let Some(pause) = pause {
            self.tell_pause(upstream, pause);
        }
        // Last, because a subscriber may panic.
        self.emit_change(upstream, change);
        self.emit_limits(upstream, lowered);
        if let Some(pause) = closes {
            let kind = EventKind::GateClosed { pause };
            self.origin(upstream).emit(kind);
        }
        if is_capped {
            self.emit_caps(upstream);
        }
    }

    /// Counts the tokens of an attempt; those of a key also for the upstream, which outlives it.
    #[inline(always)]
    pub(super) fn spend(&self, upstream: &Upstream, spent: Spent, is_wasted: bool) {
        self.spending.usage.count(spent, is_wasted);
        if self.has_key() {
            spend_by_key(upstream, spent, is_wasted);
        }
    }

    /// Corrects the estimate of an attempt that has ended, unless it was sent in shadow mode.
    #[inline]
    pub(super) fn settle(&self, ticket: Ticket, spent: Spent, now: Moment) {
        if ticket != Ticket::SHADOW {
            self.tokens.settle(spent.estimated, spent.used(), now);
        }
    }

    /// Whether a quota of the resource that applies to all calls is exhausted.
    fn is_nothing_left(&self, limits: &ServerLimits, now: Moment) -> bool {
        let [requests, tokens] = [
            (&self.requests, &limits.requests),
            (&self.tokens, &limits.tokens),
        ]
        .map(|(limit, quota)| quota.wait().is_some() && !limit.is_foreign(quota, now));
        requests || tokens
    }

    /// A request that was not sent, or was rejected unread, has used no tokens. The request itself
    /// counts: most providers count rejected requests too, and connections that are refused would
    /// otherwise be attempted without any pace.
    fn settle_failed(
        &self,
        upstream: &Upstream,
        ticket: Ticket,
        spent: Spent,
        failure: &Classification,
        now: Moment,
    ) -> bool {
        let unread = failure.processed == Processed::No;
        if !spent.is_counted() {
            return false;
        }
        let actual = match spent.actual {
            None if unread => Some(Tokens::default()),
            actual => actual,
        };
        let spent = Spent { actual, ..spent };
        self.settle(ticket, spent, now);
        self.spend(upstream, spent, true);
        self.spend_of_caps(upstream, spent)
    }

    /// After a 429 of a call of this cost: applies the quotas from its headers, or lowers the rates
    /// if there are none.
    fn throttled(
        &self,
        upstream: &Upstream,
        limits: Option<&ServerLimits>,
        cost: u64,
        now: Moment,
    ) -> [Option<RateChange>; 2] {
        match limits {
            Some(limits) => self.learned(upstream, limits, cost, now),
            None => [
                self.requests.throttled(1, now),
                self.tokens.throttled(cost, now),
            ],
        }
    }

    /// Applies the quotas from the headers of the response to a call of this cost.
    #[cold]
    pub(crate) fn learn(&self, upstream: &Upstream, limits: &ServerLimits, cost: u64, now: Moment) {
        self.emit_limits(upstream, self.learned(upstream, limits, cost, now));
    }

    fn learned(
        &self,
        upstream: &Upstream,
        limits: &ServerLimits,
        cost: u64,
        now: Moment,
    ) -> [Option<RateChange>; 2] {
        self.tell_limits(upstream, limits);
        [
            self.requests.learn(&limits.requests, 1, now),
            self.tokens.learn(&limits.tokens, cost, now),
        ]
    }

    /// The attempt was dropped after it was sent: its requests and tokens count as used.
    pub(crate) fn dropped(&self, upstream: &Upstream, permit: Permit, spent: Spent) {
        self.circuit.ignore(permit.ticket);
        self.concurrency.release(None, true);
        if spent.is_counted() {
            self.settle(permit.ticket, spent, Moment::now());
            self.spend(upstream, spent, true);
            self.spend_and_report(upstream, spent);
        }
    }

    /// Whether eviction would lose information: an open breaker, a closed gate or the use of a cap.
    pub(crate) fn matters(&self, now: Moment) -> bool {
        self.circuit.check(now).is_err() || self.gate.is_closed(now) || self.has_used_caps()
    }
}

#[cold]
#[inline(never)]
fn spend_by_key(upstream: &Upstream, spent: Spent, is_wasted: bool) {
    upstream.running().usage_of_keys.count(spent, is_wasted);
}
