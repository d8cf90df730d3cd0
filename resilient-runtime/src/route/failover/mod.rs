//! The route of a call with several targets: that of its present target, and the way to others.

mod accounting;
mod admission;
mod handle;
mod moves;

pub use admission::Competition;
pub use handle::FailoverHandle;

use super::{
    HedgeTerms, RetryAccounting, Route, RouteState, Sending, UpstreamCallPolicy,
    UpstreamHedgeAllowances, UpstreamRoute, policy_source::PolicySource,
};
use crate::{
    Class, Rejection,
    ambient::Recording,
    clock::Moment,
    failover::{FailoverState, InFailover, Place, bit, count},
    upstream::Permit,
};
use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

/// The route of one call with several targets.
///
/// Dropped while it waits to be let through, the call leaves no trace at any target.
pub struct FailoverRoute<P> {
    inner: UpstreamRoute<'static, P>,
    policy: P,
    state: &'static FailoverState,
    /// The caller, who may stay at one target.
    caller: Option<Arc<Place>>,
    present: u8,
    /// The targets that an attempt was sent to, as bits.
    visited: u32,
    /// Whether the call has waited for a better target, which it does once for each attempt.
    has_preferred: bool,
    /// The targets that the call has moved on from, as bits: at once, each is left only one time.
    left: u32,
    /// Whether the next attempt goes to another target, at once.
    is_moving: bool,
    /// The targets that the call has waited for after a failure, as bits.
    stayed: u32,
    /// The targets that have failed since all others had their turn, as bits.
    tried: u32,
    /// The targets that the call does not use any more, as bits.
    lost: u32,
    /// The class of its last failure.
    failed_with: Option<Class>,
}

impl<P: PolicySource> FailoverRoute<P> {
    /// The attempt is sent to this target.
    fn sent_to(&mut self, index: u8, permit: Permit, state: &mut RouteState, now: Moment) {
        let from = self.present;
        if index != from {
            // Each target has an account of its own.
            self.inner.close_budget(state);
            self.inner = self.route_to(index);
            self.present = index;
        }
        let is_first_here = self.visited & bit(index) == 0;
        self.inner.sent(state, permit, is_first_here, now);
        self.visited |= bit(index);
        self.has_preferred = false;
        self.is_moving = false;
        self.note_sent(now);
        // Last, because a subscriber may panic.
        if let Some(class) = self.failed_with.filter(|_| index != from) {
            self.state.moved(from, index, class, self.inner.origin());
        }
    }

    #[inline]
    fn note_sent(&self, now: Moment) {
        let target = self.state.target(self.present);
        count(&target.counts.attempts);
        if !target.health.is_up() {
            target.health.probed(now);
        }
    }

    /// The present target has served the call.
    #[inline(always)]
    fn served(&self, sent: Moment) {
        let target = self.state.target(self.present);
        if !target.health.is_up() || self.state.sticky.is_on() {
            self.note_served(sent);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_served(&self, sent: Moment) {
        self.state.succeeded(self.present, sent);
        let sticky = &self.state.sticky;
        if sticky.is_on() {
            sticky.served(self.caller.as_deref(), self.present, Moment::now());
        }
    }
}

impl<P: PolicySource> Route for FailoverRoute<P> {
    const HAS_TARGETS: bool = true;
    type Last<R> = Option<R>;
    type Queued = Competition;
    type Policy = UpstreamCallPolicy<'static, P>;
    type HedgeAllowances = UpstreamHedgeAllowances<'static>;
    type PollState = (Recording, InFailover);

    #[inline(always)]
    fn policy(&self) -> Self::Policy {
        self.inner.policy()
    }

    fn register(&self) {
        self.inner.register();
    }

    #[inline(always)]
    fn try_send(&mut self) -> bool {
        let target = self.state.target(self.present);
        let serves = target.health.is_up() && !self.is_closed(self.present);
        if !serves || !self.inner.try_send() {
            return false;
        }
        self.visited |= bit(self.present);
        count(&target.counts.attempts);
        true
    }

    fn poll_send(
        &mut self,
        state: &mut RouteState,
        queued: &mut Competition,
        sending: Sending,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejection>> {
        if sending.is_first {
            self.register();
        }
        self.poll_admission(state, queued, sending, cx)
    }

    #[inline(always)]
    fn try_succeed(&mut self, at_once: bool) -> bool {
        let sent = self.inner.start();
        let has_succeeded = self.inner.try_succeed(at_once);
        if has_succeeded {
            self.served(sent);
        }
        has_succeeded
    }

    #[inline(always)]
    fn before_poll(&self) -> Self::PollState {
        let target = self.state.target(self.present).public();
        let around = InFailover::attempt(self.state.id(), target);
        (self.inner.before_poll(), around)
    }

    #[inline(always)]
    fn has_recorded(&self) -> bool {
        self.inner.has_recorded()
    }

    fn hedge_allowances(&self, terms: HedgeTerms) -> Self::HedgeAllowances {
        self.inner.hedge_allowances(terms)
    }
}

impl<P> fmt::Debug for FailoverRoute<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailoverRoute")
            .field("failover", &self.state.settings.name)
            .field("target", &self.state.target(self.present).public())
            .finish_non_exhaustive()
    }
}
