//! The state of one call.

use super::IdempotencyKey;
use crate::{
    AttemptContext, Class, FailedAttempt, History, Rejection, ambient,
    clock::Moment,
    event::{self, CallSpan, EventKind, Origin},
    policy::{Layer, Policy, PolicyRef},
    route::{QueueTerms, RetryAccounting},
    timer::{self, Timer},
};
use std::{
    mem::ManuallyDrop,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::Instant;

/// The part of a call that does not depend on types. It is kept small, since every future of a resilient
/// function holds one.
pub(crate) struct State<'p> {
    /// The policy under the layer of the call site.
    pub(super) base: &'p Policy,
    /// When the call started; read when it is first needed, since most calls never do.
    pub(super) start: Moment,
    /// When the call has to be over.
    pub(crate) deadline: Moment,
    /// How many attempts have failed.
    pub(crate) failed: u32,
    /// Whether the attempt that is being made was let through and has been sent.
    pub(crate) admitted: bool,
    pub(super) ended: bool,
    /// The class of the call's failure, once it has failed.
    pub(crate) failed_with: Option<Class>,
    /// State of failed and traced calls only. Dropped by hand: the compiler's own drop is a call even if
    /// there is nothing.
    pub(super) record: ManuallyDrop<Option<Box<Record>>>,
}

#[derive(Default)]
pub(super) struct Record {
    pub(super) history: History,
    /// Since when the next attempt has waited for the retry budget.
    pub(super) deferred_since: Option<Moment>,
    pub(super) span: Option<CallSpan>,
}

impl Record {
    #[cold]
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "made out of line, or every call site makes it"
    )]
    fn in_span(span: CallSpan) -> Box<Self> {
        Box::new(Self {
            span: Some(span),
            ..Self::default()
        })
    }
}

/// When a call that has to be over at some time starts, and when it has to be over.
#[inline(never)]
fn bounds(policy: PolicyRef<'_, '_>, outer: Moment) -> (Moment, Moment) {
    let now = Moment::now();
    let own = policy
        .deadline()
        .map_or(Moment::UNSET, |deadline| now.after(deadline));
    (now, own.earlier(outer))
}

impl<'p> State<'p> {
    #[inline]
    pub(crate) fn new(layer: Option<&Layer>, base: &'p Policy, span: Option<CallSpan>) -> Self {
        let policy = PolicyRef::new(base, layer);
        let outer = ambient::deadline();
        let (start, deadline) = if policy.deadline().is_some() || !outer.is_unset() {
            bounds(policy, outer)
        } else {
            (Moment::UNSET, Moment::UNSET)
        };
        let record = ManuallyDrop::new(span.map(Record::in_span));
        Self {
            base,
            start,
            deadline,
            failed: 0,
            admitted: false,
            ended: false,
            failed_with: None,
            record,
        }
    }

    /// The policy of the call, under this layer of its call site.
    #[inline]
    pub(crate) fn policy<'l>(&self, layer: Option<&'l Layer>) -> PolicyRef<'p, 'l> {
        PolicyRef::new(self.base, layer)
    }

    pub(crate) fn context(&self, key: IdempotencyKey, layer: Option<&Layer>) -> AttemptContext {
        AttemptContext {
            number: self.failed.saturating_add(1),
            attempts: self.policy(layer).effective().attempts.max(1),
            previous: self.last().map(|attempt| attempt.class),
            deadline: self.deadline,
            key,
        }
    }

    /// The attempt that failed last.
    pub(crate) fn last(&self) -> Option<&FailedAttempt> {
        self.record.as_ref()?.history.attempts.last()
    }

    /// To be held while a body is polled or dropped: its inner calls see this one, and its events are in
    /// this one's span.
    #[inline]
    pub(crate) fn enter(&self) -> (ambient::Scope, impl Sized + use<'_>) {
        (ambient::Scope::enter(self.deadline), self.enter_span())
    }

    #[inline]
    pub(super) fn enter_span(&self) -> impl Sized + use<'_> {
        self.record
            .as_ref()
            .and_then(|record| record.span.as_ref())
            .map(CallSpan::enter)
    }

    /// Ready when the attempt, which has something to wait for, has taken too long. Its time is set when it
    /// first has to wait.
    #[inline(never)]
    pub(crate) fn poll_bound(
        &mut self,
        layer: Option<&Layer>,
        mut timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if !timer.is_set() {
            let Some(at) = self.attempt_ends(layer) else {
                return Poll::Pending;
            };
            timer.as_mut().set_instant(at);
        }
        timer.poll(cx)
    }

    /// When the attempt that has just had to wait for something is to be cut, if ever.
    fn attempt_ends(&mut self, layer: Option<&Layer>) -> Option<Instant> {
        let deadline = self.deadline.instant();
        let timeout = self.policy(layer).timeout();
        if timeout.is_none() && deadline.is_none() {
            return None;
        }
        let now = Instant::now();
        if self.start.is_unset() {
            self.start = Moment::of(now);
        }
        let timeout = timeout.map(|timeout| timer::after(now, timeout));
        match deadline {
            Some(deadline) => Some(timeout.map_or(deadline, |timeout| timeout.min(deadline))),
            None => timeout,
        }
    }

    /// Returns now. Also starts the call's clock if it is not running yet.
    pub(super) fn now(&mut self) -> Moment {
        let now = Moment::now();
        if self.start.is_unset() {
            self.start = now;
        }
        now
    }

    /// Waits for admission, where the next attempt could not be sent at once.
    ///
    /// # Errors
    /// The rejection, if it is not to be sent.
    #[cold]
    pub(crate) fn poll_queue(
        &mut self,
        route: &mut dyn RetryAccounting,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Box<Rejection>>> {
        if self.start.is_unset() {
            self.now();
        }
        let queue = QueueTerms {
            deadline: self.deadline,
            waits_for_breaker: self.policy(route.layer()).effective().waits_for_breaker(),
        };
        let _entered = self.enter_span();
        route.poll_queue(queue, cx)
    }

    /// The call has succeeded. Returns whether that is to be emitted.
    #[inline]
    pub(crate) fn succeeded(&mut self) -> bool {
        self.ended = true;
        ambient::ended(None);
        self.failed > 0 || event::is_recording_success()
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn emit_success(&self, route: &dyn RetryAccounting) {
        let elapsed = self.elapsed(Moment::now());
        let kind = match self.failed {
            0 => EventKind::Succeeded { elapsed },
            failed => EventKind::Recovered {
                attempt: failed.saturating_add(1),
                elapsed,
            },
        };
        self.emit(route, kind);
    }

    /// The span names the call. The route is not asked: a drop of the whole call, which could, costs every
    /// success 11 instructions.
    #[cold]
    fn emit_cancelled(&self) {
        let _entered = self.enter_span();
        Origin::default().emit(EventKind::Cancelled {
            attempt: self.failed.saturating_add(1),
            elapsed: self.elapsed(Moment::now()),
        });
    }

    /// Emits an event of this call, in its span.
    #[cold]
    pub(super) fn emit(&self, route: &dyn RetryAccounting, kind: EventKind<'_>) {
        if event::is_recording() {
            let _entered = self.enter_span();
            route.origin().emit(kind);
        }
    }

    pub(super) fn elapsed(&self, now: Moment) -> Duration {
        if self.start.is_unset() {
            Duration::ZERO
        } else {
            now.since(self.start)
        }
    }

    #[cold]
    pub(crate) fn falls_back(&self, route: &dyn RetryAccounting) {
        if let Some(class) = self.failed_with {
            let attempts = self.failed;
            self.emit(route, EventKind::FallingBack { class, attempts });
        }
    }

    pub(super) fn history(&mut self) -> &mut History {
        &mut self.record.get_or_insert_default().history
    }
}

impl Drop for State<'_> {
    #[inline]
    fn drop(&mut self) {
        if !self.ended && event::is_recording_success() {
            self.emit_cancelled();
        }
        // Out of line, since most calls have none.
        if let Some(record) = self.record.take() {
            close(record);
        }
    }
}

#[cold]
#[inline(never)]
fn close(record: Box<Record>) {
    drop(record);
}
