//! What a stream holds of its call, and how it is settled: once, when the stream ends, breaks, or is
//! dropped.

use super::account::StreamUpstream;
use crate::{
    Classification, FailedAttempt, GiveUp, History, Rejection,
    ambient::{self, AttemptLog, Recording},
    call::BegunCall,
    clock::Moment,
    event::{self, AttemptFailure, CallSpan, Entered, EventKind, Origin},
    failure::StreamFailure,
};
use std::time::Duration;

/// A call whose stream goes on.
pub(super) struct Held<A: StreamUpstream> {
    upstream: A,
    call: Box<BegunCall>,
    /// How many items the consumer has.
    pub(super) items: u64,
    is_over: bool,
}

impl<A: StreamUpstream> Held<A> {
    pub(super) const fn new(call: Box<BegunCall>, upstream: A) -> Self {
        Self {
            upstream,
            call,
            items: 0,
            is_over: false,
        }
    }

    pub(super) const fn deadline(&self) -> Moment {
        self.call.deadline
    }

    pub(super) const fn idle(&self) -> Option<Duration> {
        self.call.policy.idle
    }

    /// The deadline of the call as a failure.
    pub(super) fn over_deadline(&self) -> Rejection {
        Rejection::deadline(self.call.deadline.since(self.call.start))
    }

    /// To be held while the stream is polled or dropped.
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

    /// Keeps what the stream has recorded in the poll that has just ended.
    #[cold]
    pub(super) fn keep(&mut self, log: AttemptLog) {
        if let Some(permit) = &mut self.call.permit {
            permit.tokens = log.tokens.or(permit.tokens);
        }
    }

    /// The stream has ended.
    #[cold]
    pub(super) fn ended(&mut self) {
        self.is_over = true;
        if let (Some(permit), Some(handle)) = (self.call.permit.take(), self.upstream.handle()) {
            handle.shared.stream_ended(&permit);
        }
        self.emit(|items, elapsed| EventKind::StreamEnded { items, elapsed });
    }

    /// The stream was dropped before its end.
    #[cold]
    fn dropped(&mut self) {
        self.is_over = true;
        if let (Some(permit), Some(handle)) = (self.call.permit.take(), self.upstream.handle()) {
            handle.shared.stream_dropped(&permit);
        }
        self.emit(|items, elapsed| EventKind::StreamDropped { items, elapsed });
    }

    /// The stream has broken like this. Returns the failure for the consumer.
    #[cold]
    pub(super) fn broken(&mut self, failure: &Classification) -> Rejection {
        self.is_over = true;
        let now = Moment::now();
        let elapsed = now.since(self.call.start);
        if let (Some(permit), Some(handle)) = (self.call.permit.take(), self.upstream.handle()) {
            let upstream = handle.upstream;
            handle.shared.stream_broken(upstream, &permit, failure, now);
        }
        let number = self.call.failed.saturating_add(1);
        let last = FailedAttempt::new(number, failure, elapsed);
        let (cause, items) = (Box::new(last.clone()), self.items);
        let history = History {
            attempts: self.call.attempts.take_with_last(last),
            elapsed,
            gave_up: Some(GiveUp::Begun),
        };
        let attempts = self.call.policy.attempts_for(failure.class);
        self.emit(|items, elapsed| EventKind::StreamBroken {
            items,
            failed: AttemptFailure {
                failure,
                attempt: number,
                attempts,
                elapsed,
            },
        });
        Rejection::stream(StreamFailure::Broken { cause, items }).with_history(history)
    }

    fn emit<'a>(&self, kind: impl FnOnce(u64, Duration) -> EventKind<'a>) {
        if event::is_recording() {
            self.emit_recorded(kind(self.items, Moment::now().since(self.call.start)));
        }
    }

    #[cold]
    fn emit_recorded(&self, kind: EventKind<'_>) {
        let span = self.call.span.as_ref();
        let _entered = span.map(CallSpan::enter);
        let handle = self.upstream.handle();
        let origin = handle.map_or_else(Origin::default, |handle| handle.origin());
        let origin = Origin {
            call_site: Some(self.call.call_site),
            ..origin
        };
        origin.emit(kind);
    }
}

impl<A: StreamUpstream> Drop for Held<A> {
    fn drop(&mut self) {
        if !self.is_over {
            self.dropped();
        }
    }
}
