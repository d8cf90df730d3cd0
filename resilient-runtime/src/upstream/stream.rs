//! Streams: an attempt that has succeeded with its first content keeps its permit until its stream
//! ends.

use crate::{
    Classification, Tokens, Upstream,
    clock::Moment,
    upstream::{breaker::Ticket, permit::Permit, spent::Spent, state::UpstreamState},
};
use std::time::Duration;

/// What a stream holds until it ends: a place of the concurrency limit, and its tokens.
#[derive(Clone, Copy, Debug)]
pub struct HeldPermit {
    /// The time until the first content: the latency of the call.
    took: Duration,
    /// The estimated tokens.
    estimated: u64,
    /// The tokens used, as far as they are known.
    pub(crate) tokens: Option<Tokens>,
}

impl HeldPermit {
    fn spent(&self) -> Spent {
        Spent {
            estimated: self.estimated,
            actual: self.tokens.map(Tokens::total),
        }
    }
}

impl UpstreamState {
    /// The first content has come: a success for the circuit breaker. The permit stays.
    pub(crate) fn began(
        &self,
        upstream: &Upstream,
        permit: Permit,
        estimated: u64,
        now: Moment,
    ) -> HeldPermit {
        let took = now.since(permit.at());
        if let Some(breaker) = upstream.circuit_breaker() {
            let change = self.circuit.success(breaker, permit.ticket, now, took);
            self.emit_change(upstream, change);
        }
        HeldPermit {
            took,
            estimated,
            tokens: None,
        }
    }

    /// The stream has ended.
    pub(crate) fn stream_ended(&self, held: &HeldPermit) {
        let spent = held.spent();
        self.concurrency.release(Some(held.took), true);
        if spent.is_counted() {
            let now = Moment::now();
            self.tokens.settle(spent.estimated, spent.used(), now);
            self.usage.succeeded(spent);
        }
    }

    /// The stream was dropped before its end.
    pub(crate) fn stream_dropped(&self, held: &HeldPermit) {
        // The breaker has heard of it.
        let permit = Permit::ended(Ticket::LATE, Moment::now(), held.took);
        self.dropped(permit, held.spent());
    }

    /// The stream has broken, and another one takes its place: one more failure.
    pub(crate) fn stream_failed(&self, upstream: &Upstream, failure: &Classification, now: Moment) {
        let ticket = self.circuit.ticket_if_closed();
        let change = self.vote(upstream, ticket, failure, (now, Duration::ZERO), None);
        self.emit_change(upstream, change);
    }

    /// The stream has broken: one more failure.
    pub(crate) fn stream_broken(
        &self,
        upstream: &Upstream,
        held: &HeldPermit,
        failure: &Classification,
        now: Moment,
    ) {
        // The ticket of the attempt is used up.
        let permit = Permit::ended(self.circuit.ticket_if_closed(), now, held.took);
        self.failed(upstream, permit, held.spent(), failure, now);
    }
}
