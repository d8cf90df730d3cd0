//! The effect of a failed attempt on the circuit breaker.

use crate::{
    Classification, Upstream,
    clock::Moment,
    event::CircuitCause,
    failure::BreakerVote,
    upstream::{
        breaker::{Change, Ticket},
        state::UpstreamState,
    },
};
use std::time::Duration;

impl UpstreamState {
    /// Reports a failure to the circuit breaker, if there is one: when it ended and how long it
    /// took, and the wait that the server asks for.
    pub(super) fn vote(
        &self,
        upstream: &Upstream,
        ticket: Ticket,
        failure: &Classification,
        (now, took): (Moment, Duration),
        wait: Option<Duration>,
    ) -> Option<Change> {
        let settings = self.settings(upstream.config());
        let breaker = settings.breaker.as_ref()?;
        let class = failure.class;
        let is_from_server = failure.status.is_some() || failure.code.is_some();
        match class.breaker_vote() {
            BreakerVote::Counts => self.circuit.failure(breaker, ticket, now, took, wait),
            BreakerVote::Answered => self.circuit.answered(breaker, ticket),
            BreakerVote::MaybeAnswered if is_from_server => self.circuit.answered(breaker, ticket),
            BreakerVote::MaybeAnswered | BreakerVote::Ignores => {
                self.circuit.ignore(ticket);
                None
            }
            BreakerVote::Opens if failure.is_probable => {
                self.circuit.ignore(ticket);
                None
            }
            BreakerVote::Opens => {
                self.circuit.ignore(ticket);
                let (longest, cause) = (breaker.max_break_duration, CircuitCause::Class(class));
                self.circuit.open(breaker, now, longest, cause)
            }
        }
    }
}
