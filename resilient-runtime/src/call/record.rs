//! The record of a call beyond its first attempt.

use crate::{
    Classification, Rejection,
    ambient::{self, UsedUp},
    clock::Moment,
    event::{self, CallSpan, Entered},
    failure::Attempts,
    item,
    route::RouteState,
};
use tokio::time::Instant;

/// The record of a call that has failed, waits, or is traced.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
pub(super) struct Record {
    /// When the call started; unset until it is needed.
    pub(super) start: Moment,
    /// When the attempt in flight was sent; unset for a first one that did not wait.
    pub(super) sent_at: Moment,
    /// The time of the attempts that have ended, in nanoseconds.
    pub(super) busy: u64,
    /// The number of failed attempts.
    pub(super) failed: u32,
    pub(super) ended: bool,
    /// Whether the next attempt is not due yet: its time is that of the timer.
    pub(super) is_delayed: bool,
    /// Whether the last failure is an `Ok` that was classified as one: no fallback takes it.
    pub(super) has_failed_with_ok: bool,
    /// Whether the call waits by a schedule of its own.
    pub(super) has_own_schedule: bool,
    pub(super) attempts: Attempts,
    /// The timeout of the last attempt, in case the next one is not made.
    pub(super) last_timeout: Option<Box<Rejection>>,
    /// Since when the next attempt has waited for the retry budget; unset if it does not.
    pub(super) deferred_since: Moment,
    pub(super) route: RouteState,
    pub(super) rare: Option<Box<Rare>>,
}

/// The part of a record that few calls have.
#[derive(Default)]
pub(super) struct Rare {
    pub(super) span: Option<CallSpan>,
    /// The span of the attempt in flight, inside that of the call.
    attempt: Option<CallSpan>,
    /// The failures on which inner calls have used up their retries in this attempt.
    pub(super) used_up_inside: Vec<UsedUp>,
}

impl Rare {
    #[cold]
    #[inline(never)]
    pub(super) fn enter_span(&self) -> Entered<'_> {
        let span = self.attempt.as_ref().or(self.span.as_ref());
        span.map_or(Entered::NONE, Entered::enter)
    }

    #[cold]
    #[inline(never)]
    pub(super) fn enter_call_span(&self) -> Entered<'_> {
        self.span.as_ref().map_or(Entered::NONE, Entered::enter)
    }
}

impl Record {
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    #[cold]
    #[inline(never)]
    pub(super) fn trace(&mut self, span: Option<CallSpan>) {
        if span.is_some() {
            self.rare().span = span;
        }
    }

    /// The next attempt is sent: it gets a span of its own, if somebody wants it.
    #[cold]
    #[inline(never)]
    pub(super) fn begin_attempt(&mut self) {
        if let Some(rare) = self.rare.as_deref_mut() {
            if let Some(span) = &rare.span {
                rare.attempt = event::attempt_span(span, self.failed);
            }
        }
    }

    /// The attempt has failed like this, which its span records.
    pub(super) fn note_failure(&self, failure: &Classification) {
        let rare = self.rare.as_deref();
        if let Some(span) = rare.and_then(|rare| rare.attempt.as_ref()) {
            span.record_failure(failure);
        }
    }

    /// The attempt has ended.
    #[cold]
    pub(super) fn end_attempt(&mut self) {
        if let Some(rare) = self.rare.as_deref_mut() {
            rare.attempt = None;
        }
    }

    /// The call waits until then, before its next attempt.
    pub(super) fn waits_for_retry(&self, until: Option<Instant>) {
        if !item::is_inside() {
            return;
        }
        if let Some(last) = self.attempts.last() {
            let until = until.map_or(Moment::UNSET, Moment::of);
            item::waits(last.source(), until);
        }
    }

    /// Keeps the failures on which inner calls have used up their retries in the poll that has just
    /// ended.
    #[cold]
    #[inline(never)]
    pub(super) fn keep_used_up(&mut self, noted: usize) {
        let kept = &mut self.rare().used_up_inside;
        kept.append(&mut ambient::take_used_up(noted));
    }

    /// Whether an inner call has used up its retries in this attempt.
    #[inline(always)]
    pub(super) fn has_used_up_inside(&self) -> bool {
        let rare = self.rare.as_deref();
        rare.is_some_and(|rare| !rare.used_up_inside.is_empty())
    }

    /// Takes the failures on which inner calls have used up their retries in this attempt.
    #[cold]
    pub(super) fn take_used_up(&mut self) -> Vec<UsedUp> {
        std::mem::take(&mut self.rare().used_up_inside)
    }

    #[inline]
    pub(super) fn enter_span(&self) -> Entered<'_> {
        self.rare.as_deref().map_or(Entered::NONE, Rare::enter_span)
    }
}
