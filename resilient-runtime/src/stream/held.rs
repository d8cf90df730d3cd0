//! What a stream holds of its call, and how it is settled: once, when the stream ends, breaks, or
//! is dropped.

mod emit;

use super::{
    account::StreamUpstream, opening::StreamTimes, resilient::Around, resume::stops_resume,
};
use crate::{
    Class, Classification, DelaySource, FailedAttempt, GiveUp, History, Rejection, ServerLimits,
    Tokens,
    ambient::{self, Recording},
    call::BegunCall,
    clock::Moment,
    event::{Entered, EventKind, WaitsFor},
    failure::{RetriedAttempt, StreamFailure},
    policy::decide::is_retryable,
    upstream::UpstreamHandle,
};
use std::time::Duration;

/// A call whose stream goes on.
pub(super) struct Held<A: StreamUpstream> {
    upstream: A,
    call: Box<BegunCall>,
    /// The number of items that the consumer has.
    pub(super) items: u64,
    /// Whether one of them was one that ends a stream.
    pub(super) has_last: bool,
    /// Whether no content has come since that one.
    pub(super) is_complete: bool,
    is_over: bool,
}

impl<A: StreamUpstream> Held<A> {
    pub(super) fn new(call: Box<BegunCall>, tokens: Option<Tokens>, upstream: A) -> Self {
        let mut held = Self {
            upstream,
            call,
            items: 0,
            has_last: false,
            is_complete: false,
            is_over: false,
        };
        if let Some(tokens) = tokens {
            held.used(tokens);
        }
        held
    }

    /// The consumer has an item that ends a stream.
    #[cold]
    pub(super) fn gave_last(&mut self) {
        self.has_last = true;
        self.is_complete = true;
    }

    pub(super) const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether a failure of this class is only one of the connection after the last item.
    pub(super) fn is_complete_despite(&self, class: Class) -> bool {
        use Class::{Deadline, Network, StreamBroken, Timeout};
        self.is_complete && matches!(class, Network | Timeout | Deadline | StreamBroken)
    }

    /// What is around the stream while it is polled.
    pub(super) fn around(&self) -> Around {
        let BegunCall {
            deadline,
            span,
            permit,
            ..
        } = &*self.call;
        match (span.is_none() && permit.is_none(), deadline.is_unset()) {
            (true, true) => Around::Nothing,
            (true, false) => Around::Deadline,
            (false, _) => Around::Any,
        }
    }

    pub(super) const fn deadline(&self) -> Moment {
        self.call.deadline
    }

    /// How long it may give no content: `awaits_first` is for another stream that has given none.
    pub(super) fn limit(&self, awaits_first: bool) -> Option<Duration> {
        if awaits_first {
            StreamTimes::of(&self.call.policy, self.call.site.label.name).first
        } else {
            self.call.policy.idle
        }
    }

    /// The deadline of the call as a failure.
    pub(super) fn over_deadline(&self) -> Rejection {
        Rejection::deadline(self.call.deadline.since(self.call.start))
    }

    /// To be held while the stream is polled.
    #[inline]
    pub(super) fn enter_span(&self) -> Entered<'_> {
        self.call
            .span
            .as_ref()
            .map_or(Entered::NONE, Entered::enter)
    }

    /// What the stream records while it is polled is for its upstream.
    #[inline]
    pub(super) fn start_recording(&self) -> Option<Recording> {
        self.call.permit.as_ref()?;
        let handle = self.upstream.handle()?;
        Some(ambient::start_recording(handle.shared.id()))
    }

    /// The stream says that it has used these tokens so far. Some providers tell input and output
    /// in separate items, and all count up.
    #[cold]
    pub(super) fn used(&mut self, tokens: Tokens) {
        if let Some(permit) = &mut self.call.permit {
            permit.tokens = Some(permit.tokens.unwrap_or_default().most(tokens));
        }
    }

    /// The answer tells these limits.
    #[cold]
    pub(super) fn learn(&self, limits: &ServerLimits) {
        if let Some(handle) = self.upstream.handle() {
            let now = Moment::now();
            handle
                .shared
                .learn(handle.upstream, limits, handle.cost, now);
        }
    }

    /// The stream has ended.
    #[cold]
    pub(super) fn ended(&mut self) {
        self.is_over = true;
        if let (Some(permit), Some(handle)) = (self.call.permit.take(), self.upstream.handle()) {
            handle.shared.stream_ended(handle.upstream, &permit);
        }
        self.emit_end(true);
    }

    /// The stream was dropped before its end.
    #[cold]
    fn dropped(&mut self) {
        self.is_over = true;
        if let (Some(permit), Some(handle)) = (self.call.permit.take(), self.upstream.handle()) {
            handle.shared.stream_dropped(handle.upstream, &permit);
        }
        self.emit_end(false);
    }

    /// The stream has broken like this, for good. Returns the failure for the consumer.
    #[cold]
    pub(super) fn broken(&mut self, failure: &Classification, reason: GiveUp) -> Rejection {
        self.is_over = true;
        let now = Moment::now();
        if let (Some(permit), Some(handle)) = (self.call.permit.take(), self.upstream.handle()) {
            let upstream = handle.upstream;
            let shared = handle.shared;
            shared.stream_broken(upstream, &permit, failure, now);
        }
        self.emit_failure(failure, now, |failed, items| EventKind::StreamBroken {
            failed,
            items,
        });
        self.as_rejection(failure, now, Some(reason))
    }

    /// The stream has broken like this, and goes on with another one after the wait that the server
    /// asks for. Returns the failure for the function that gives it.
    ///
    /// # Errors
    /// The reason why it does not go on.
    #[cold]
    pub(super) fn resume(&mut self, failure: &Classification) -> Result<Rejection, GiveUp> {
        let stopped = stops_resume(self.call.site, self.upstream.handle());
        // One that waited to be resumed when the process shut down has broken before.
        let has_waited = failure.class == Class::StreamBroken && stopped.is_some();
        if !is_retryable(&self.call.policy, failure) && !has_waited {
            return Err(GiveUp::NotRetryable);
        }
        stopped.map_or(Ok(()), Err)?;
        let now = Moment::now();
        let wait = failure.wait.map_or(Duration::ZERO, |wait| wait.duration);
        if wait > self.call.policy.max_retry_after {
            return Err(GiveUp::WaitTooLong { wait });
        }
        let deadline = self.call.deadline;
        if !deadline.is_unset() && now.after(wait) >= deadline {
            return Err(GiveUp::NoTimeLeft { wait });
        }
        let handle = self.upstream.handle();
        if let Some(handle) = handle {
            let UpstreamHandle {
                upstream, shared, ..
            } = handle;
            // First: the failure may open the circuit.
            let held = self.call.permit.as_mut();
            shared.stream_failed(upstream, held, failure, now);
            if let Some(wait) = handle.circuit_open(now) {
                return Err(GiveUp::Refused {
                    class: Class::CircuitOpen,
                    wait: Some(wait),
                });
            }
        }
        let own = self.call.site.budget();
        let budget = handle.map_or(own, |handle| &handle.shared.budget);
        let rule = self.call.policy.budget;
        if budget.pay_hedge(rule, failure.class, now).is_none() {
            let handle = handle.filter(UpstreamHandle::is_shadow);
            let handle = handle.ok_or(GiveUp::BudgetSpent)?;
            handle.not_enforced(self.call.site, WaitsFor::Budget);
        }
        if let Some(permit) = &mut self.call.permit {
            permit.ends_one();
        }
        self.emit_failure(failure, now, |failed, items| EventKind::StreamResuming {
            failed,
            items,
        });
        let rejection = self.as_rejection(failure, now, None);
        let elapsed = now.nanos_since(self.call.start);
        let source = failure.wait.map_or(DelaySource::Schedule, |wait| {
            DelaySource::Server(wait.origin)
        });
        let attempt = RetriedAttempt::new(&mut failure.clone(), elapsed, wait, source);
        self.call.attempts.push(attempt);
        self.call.failed = self.call.failed.saturating_add(1);
        Ok(rejection)
    }

    fn as_rejection(
        &self,
        failure: &Classification,
        now: Moment,
        gave_up: Option<GiveUp>,
    ) -> Rejection {
        let elapsed = now.since(self.call.start);
        let number = self.call.failed.saturating_add(1);
        let last = FailedAttempt::new(number, failure, elapsed);
        let (cause, items) = (Box::new(last.clone()), self.items);
        let history = History {
            attempts: self.call.attempts.clone().take_with_last(last),
            elapsed,
            gave_up,
        };
        Rejection::stream(StreamFailure::Broken { cause, items }).with_history(history)
    }
}

impl<A: StreamUpstream> Drop for Held<A> {
    fn drop(&mut self) {
        match (self.is_over, self.is_complete) {
            (true, _) => {}
            // Nothing more was to come.
            (false, true) => self.ended(),
            (false, false) => self.dropped(),
        }
    }
}
