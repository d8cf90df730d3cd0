//! Streams: an attempt that has succeeded with its first content keeps its permit until its stream
//! ends.

use crate::{
    Classification, Tokens, Upstream,
    clock::Moment,
    failure::BreakerVote,
    item,
    upstream::{
        breaker::{Begun, Ticket},
        permit::Permit,
        spent::Spent,
        state::UpstreamState,
    },
};
use std::time::Duration;

/// The holdings of a stream until it ends: a place of the concurrency limit, and its tokens.
#[derive(Clone, Copy, Debug)]
pub struct HeldPermit {
    /// The time until the first content: the latency of the call.
    took: Duration,
    /// The estimated tokens.
    estimated: u64,
    /// The tokens used, as far as they are known.
    pub(crate) tokens: Option<Tokens>,
    /// Those of the streams before this one, if it goes on behind others.
    before: Tokens,
    /// The success at the first content, unless it was taken back.
    begun: Option<Begun>,
    /// Whether the circuit breaker has heard of the failure that ends the stream.
    is_voted: bool,
    /// Whether its attempt was sent in shadow mode.
    is_shadow: bool,
}

impl HeldPermit {
    /// The ticket of the stream where the breaker has heard of its end, or has none.
    const fn late_ticket(&self) -> Ticket {
        if self.is_shadow {
            Ticket::SHADOW
        } else {
            Ticket::LATE
        }
    }

    fn spent(&self) -> Spent {
        let tokens = self.tokens.map(|tokens| tokens.plus(self.before));
        if let Some(tokens) = tokens {
            item::spends(tokens);
        }
        Spent {
            estimated: self.estimated,
            actual: tokens,
        }
    }

    /// A stream has broken, and another one takes its place, which counts its tokens from zero.
    pub(crate) fn ends_one(&mut self) {
        self.is_voted = false;
        if let Some(tokens) = &mut self.tokens {
            self.before = self.before.plus(std::mem::take(tokens));
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
        let mut begun = None;
        if let Some(breaker) = &self.settings(upstream.config()).breaker {
            let (change, success) = self.circuit.began(breaker, permit.ticket, now, took);
            begun = Some(success);
            self.emit_change(upstream, change);
        }
        HeldPermit {
            begun,
            took,
            estimated,
            tokens: None,
            before: Tokens::default(),
            is_voted: false,
            is_shadow: permit.ticket == Ticket::SHADOW,
        }
    }

    /// The stream has ended.
    pub(crate) fn stream_ended(&self, upstream: &Upstream, held: &HeldPermit) {
        let spent = held.spent();
        self.concurrency.release(Some(held.took), true);
        if spent.is_counted() {
            let now = Moment::now();
            self.settle(held.late_ticket(), spent, now);
            self.spend(upstream, spent, false);
        }
        match (&self.settings(upstream.config()).breaker, &held.begun) {
            (Some(_), Some(begun)) => self.circuit.confirm(begun),
            // It has gone on after a break.
            (Some(breaker), None) => {
                let (ticket, now) = (self.circuit.ticket_if_closed(), Moment::now());
                let change = self.circuit.success(breaker, ticket, now, held.took);
                self.emit_change(upstream, change);
            }
            (None, _) => {}
        }
        self.spend_and_report(upstream, spent);
    }

    /// The stream was dropped before its end.
    pub(crate) fn stream_dropped(&self, upstream: &Upstream, held: &HeldPermit) {
        // The breaker has heard of it.
        let permit = Permit::ended(held.late_ticket(), Moment::now(), held.took);
        self.dropped(upstream, permit, held.spent());
    }

    /// The stream has broken, and another one takes its place: a failure.
    pub(crate) fn stream_failed(
        &self,
        upstream: &Upstream,
        held: Option<&mut HeldPermit>,
        failure: &Classification,
        now: Moment,
    ) {
        let begun = held.and_then(|held| {
            held.is_voted = true;
            held.begun.take()
        });
        let ticket = self.ticket_of_break(upstream, begun, failure, now);
        let change = self.vote(upstream, ticket, failure, (now, Duration::ZERO), None);
        self.emit_change(upstream, change);
    }

    /// The stream has broken: a failure, unless the circuit breaker has heard of it.
    pub(crate) fn stream_broken(
        &self,
        upstream: &Upstream,
        held: &HeldPermit,
        failure: &Classification,
        now: Moment,
    ) {
        // The ticket of the attempt is used up.
        let ticket = if held.is_voted || held.is_shadow {
            held.late_ticket()
        } else {
            self.ticket_of_break(upstream, held.begun, failure, now)
        };
        let permit = Permit::ended(ticket, now, held.took);
        self.failed(upstream, permit, held.spent(), failure, now);
    }

    /// The ticket for the failure of a stream, which takes the place of its success.
    fn ticket_of_break(
        &self,
        upstream: &Upstream,
        begun: Option<Begun>,
        failure: &Classification,
        now: Moment,
    ) -> Ticket {
        let counts = matches!(failure.class.breaker_vote(), BreakerVote::Counts);
        match (&self.settings(upstream.config()).breaker, begun) {
            (Some(breaker), Some(begun)) if counts => self.circuit.take_back(breaker, &begun, now),
            _ => self.circuit.ticket_if_closed(),
        }
    }
}
