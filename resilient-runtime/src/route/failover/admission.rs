//! The wait of an attempt for the first of several targets that admits it.

use super::FailoverRoute;
use crate::{
    Class, GiveUp, Rejection,
    clock::Moment,
    event::{EventKind, WaitsFor},
    failover::{Choice, bit},
    failure::Target,
    halt, item, random,
    route::{
        PolicySource, QueuedAttempt, RetryAccounting as _, RouteState, Sending, upstream::Admitted,
    },
    timer::Timer,
    upstream::Permit,
};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// Callers that have waited for one pause are spread over this time.
const SPREAD: Duration = Duration::from_secs(1);

/// An attempt that waits for the first of several targets. Dropped, it has taken nothing at any of
/// them.
#[derive(Default)]
pub struct Competition {
    /// Its places in the queues of these targets.
    queues: Vec<Queue>,
    /// When the choice is made again.
    look: Option<Pin<Box<Timer>>>,
    /// The targets that have refused it.
    refused: Vec<(u8, Rejection)>,
}

impl QueuedAttempt for Competition {
    fn is_waiting(&self) -> bool {
        self.look.is_some() || !self.queues.is_empty()
    }
}

/// A place in the queue of one target.
struct Queue {
    index: u8,
    upstream: &'static str,
    admission: Admitted<'static>,
}

/// The step of a wait.
enum Step {
    /// The target has admitted the attempt.
    Admitted(u8, Permit),
    /// The choice has to be made again.
    Choose,
}

impl Competition {
    /// The targets that have refused the attempt, as bits.
    fn refusing(&self) -> u32 {
        let refused = self.refused.iter();
        refused.fold(0, |bits, (index, _)| bits | bit(*index))
    }

    /// Leaves the queues of upstreams that were switched off meanwhile.
    fn drop_switched_off(&mut self) {
        if halt::may_stop_attempts() {
            self.queues.retain(|queue| {
                let stops = halt::stops_attempt(Some(queue.upstream));
                stops != Some(GiveUp::UpstreamOff)
            });
        }
    }

    /// Polls the queues in the order of preference.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        let had_queues = !self.queues.is_empty();
        self.drop_switched_off();
        let mut place = 0;
        while let Some(queue) = self.queues.get_mut(place) {
            match queue.admission.as_mut().poll(cx) {
                Poll::Pending => place = place.saturating_add(1),
                Poll::Ready(Ok(permit)) => {
                    let index = queue.index;
                    *self = Self::default();
                    return Poll::Ready(Step::Admitted(index, permit));
                }
                Poll::Ready(Err(rejection)) => {
                    self.refused.push((queue.index, rejection));
                    drop(self.queues.remove(place));
                }
            }
        }
        let is_due = self
            .look
            .as_mut()
            .is_some_and(|look| look.as_mut().poll(cx).is_ready());
        if is_due || (self.queues.is_empty() && (had_queues || self.look.is_none())) {
            self.look = None;
            self.queues.clear();
            return Poll::Ready(Step::Choose);
        }
        Poll::Pending
    }
}

impl<P: PolicySource> FailoverRoute<P> {
    /// Ready when a target has admitted the attempt, or when all have refused it.
    pub(super) fn poll_admission(
        &mut self,
        state: &mut RouteState,
        queued: &mut Competition,
        sending: Sending,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Rejection>> {
        let mut now = sending.now;
        let mut was_late = false;
        loop {
            if !queued.is_waiting() {
                let closed = self.closed_targets(queued.refusing());
                if !sending.deadline.is_unset() && now >= sending.deadline {
                    let rejection = self.no_target(&queued.refused, closed, now);
                    *queued = Competition::default();
                    return Poll::Ready(Err(rejection));
                }
                let time_left = (!sending.deadline.is_unset()).then(|| sending.deadline.since(now));
                match self.choice(closed, time_left, now) {
                    Choice::Never => {
                        let rejection = self.no_target(&queued.refused, closed, now);
                        *queued = Competition::default();
                        return Poll::Ready(Err(rejection));
                    }
                    Choice::Now(index) => {
                        let route = self.route_to(index);
                        if let Some(permit) = route.admit_now(now) {
                            *queued = Competition::default();
                            self.sent_to(index, permit, state, now);
                            return Poll::Ready(Ok(()));
                        }
                        // Another call was faster.
                        if !was_late {
                            was_late = true;
                            now = Moment::now();
                            continue;
                        }
                        queued.queues.push(self.queue(index, sending.deadline));
                    }
                    Choice::Wait { targets, look } => {
                        self.has_preferred = true;
                        for index in &targets {
                            queued.queues.push(self.queue(*index, sending.deadline));
                        }
                        queued.look = look.map(|look| {
                            // Callers that wait for one pause are spread.
                            let spread = if targets.is_empty() {
                                random::part_of(SPREAD.min(look))
                            } else {
                                Duration::ZERO
                            };
                            let at = now.after(look).after(spread).earlier(sending.deadline);
                            let mut timer = Box::pin(Timer::new());
                            timer.as_mut().set(at);
                            timer
                        });
                        if targets.is_empty() {
                            self.report_pause(queued.look.as_deref());
                        }
                    }
                }
            }
            match queued.poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Step::Admitted(index, permit)) => {
                    self.sent_to(index, permit, state, permit.at());
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(Step::Choose) => now = Moment::now(),
            }
        }
    }

    /// A place in the queue of a target. Without a deadline, open circuit breakers are not waited
    /// for: there may be many calls, and few probes.
    fn queue(&self, index: u8, deadline: Moment) -> Queue {
        Queue {
            index,
            upstream: self.state.target(index).upstream_name(),
            admission: self
                .route_to(index)
                .wait_for_admission(deadline, !deadline.is_unset()),
        }
    }

    /// Reports the wait for a target that pauses, or for a probe.
    fn report_pause(&self, look: Option<&Timer>) {
        let until = look.and_then(Timer::rings);
        if item::is_inside() {
            item::waits(WaitsFor::Gate, until.map_or(Moment::UNSET, Moment::of));
        }
        let waits_for = WaitsFor::Gate;
        let origin = self.inner.origin();
        origin.emit_if_recorded(EventKind::Queued { waits_for });
    }

    /// The rejection of an attempt that no target admits.
    #[cold]
    fn no_target(&self, refused: &[(u8, Rejection)], closed: u32, now: Moment) -> Rejection {
        self.inner.refused();
        let refusals = || refused.iter().map(|(_, rejection)| rejection);
        // A target that is only busy says more about the call than one whose cap is reached.
        let soonest = refusals().min_by_key(|it| {
            let is_capped = it.class() == Class::CapReached;
            (is_capped, it.wait().is_none(), it.wait())
        });
        let class = soonest.map_or(Class::CircuitOpen, Rejection::class);
        let wait = soonest.and_then(Rejection::wait);
        let reasons = self.state.targets.iter().zip(0..).map(|(target, index)| {
            let why = match refused.iter().find(|(it, _)| *it == index) {
                Some((_, rejection)) => rejection.to_string(),
                None if closed & bit(index) != 0 => {
                    "not tried again in this call, or in one around it".to_owned()
                }
                None => target.why_never(self.inner.cost(), now).to_owned(),
            };
            (target.public(), why)
        });
        let reasons: Vec<(Target, String)> = reasons.collect();
        Rejection::no_target(self.state.settings.name, &reasons, class, wait)
    }
}

impl fmt::Debug for Competition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Competition")
            .field("targets", &self.queues.len())
            .finish_non_exhaustive()
    }
}
