//! A call that a shutdown or a switch stops: it makes no further attempt.

use super::{
    core::{Typed, Unsent},
    routed::Routed,
    state::Progress,
};
use crate::{
    Classification, History, Policy, Rejection, clock::Moment, failure::GiveUp, halt, route::Route,
    timer::Timer,
};
use std::{
    borrow::Cow,
    pin::Pin,
    task::{Context, Poll},
};

impl<U: Route> Routed<U> {
    /// Ready when the next attempt is due and has been sent; with true if it is not sent, and the
    /// result is that of the call.
    #[cold]
    #[inline(never)]
    pub(super) fn poll_send(
        &mut self,
        typed: &mut dyn Typed,
        timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<bool> {
        if halt::may_stop_retries() && self.is_halted(typed) {
            return Poll::Ready(true);
        }
        let polled = self.poll_due(typed, timer, cx);
        let Some(cold) = self.cold.as_mut() else {
            return polled;
        };
        if polled.is_ready() {
            cold.waiting.end();
            return polled;
        }
        cold.waiting.register(cx.waker());
        if halt::may_stop_retries() && self.is_halted(typed) {
            return Poll::Ready(true);
        }
        Poll::Pending
    }

    /// Whether a shutdown or a switch stops the next attempt: the result is that of the call then.
    #[cold]
    #[inline(never)]
    pub(super) fn is_halted(&mut self, typed: &mut dyn Typed) -> bool {
        let is_retry = self.cold.as_ref().is_some_and(|it| it.record.failed > 0);
        let (function, upstream) = (self.route.site().name(), self.route.halting_upstream());
        let reason = if is_retry {
            halt::stops_retry(function, upstream.as_deref())
        } else {
            halt::stops_attempt(upstream.as_deref())
        };
        drop(upstream);
        let Some(reason) = reason else {
            return false;
        };
        if let Some(cold) = self.cold.as_mut() {
            cold.waiting.end();
            // First: it may be about to be admitted.
            cold.queued = U::Queued::default();
        }
        self.core(|core| core.unsent(typed, Unsent::Halted(reason)));
        true
    }
}

impl Progress<'_> {
    /// The next attempt is not made, for this reason of a shutdown or a switch. The call ends with
    /// its last failure, or with the rejection without one.
    #[cold]
    pub(super) fn halted(&mut self, reason: GiveUp) -> (History, Rejection) {
        let upstream = self.route.halting_upstream().map(Cow::into_owned);
        let rejection = match (reason, upstream) {
            (GiveUp::UpstreamOff, Some(name)) => Rejection::upstream_off(name.into()),
            _ => Rejection::shut_down(),
        };
        self.route.refused();
        if self.last().is_none() {
            return (self.refused(&rejection, Some(reason)), rejection);
        }
        let (policy, now) = (self.policy, self.now());
        let history = self.gave_up_with_last(reason, &policy.effective(), now);
        (history, rejection)
    }

    /// The failure would be retried, and a shutdown or a switch may stop the retry. Returns the
    /// history of the call if it does.
    #[cold]
    #[inline(never)]
    pub(super) fn halted_after(
        &mut self,
        failure: &Classification,
        policy: &Policy,
        now: Moment,
    ) -> Option<History> {
        let upstream = self.route.halting_upstream();
        let reason = halt::stops_retry(self.route.site().name(), upstream.as_deref())?;
        drop(upstream);
        self.charge(failure.class, policy.budget, now);
        if reason == GiveUp::UpstreamOff {
            self.route.refused();
        }
        Some(self.give_up(failure, reason, policy, now))
    }
}
