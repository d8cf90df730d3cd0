//! The end of a call that has opened a stream: what the stream holds on.

use super::{Call, record::Rare, routed::Routed, state::Progress};
use crate::{
    Policy,
    call_site::CallSite,
    clock::Moment,
    event::{CallSpan, EventKind},
    failure::Attempts,
    route::{CallPolicy as _, Route},
    upstream::HeldPermit,
};
use std::fmt;

/// A call whose stream has begun.
pub(crate) struct BegunCall {
    pub(crate) site: &'static CallSite,
    pub(crate) start: Moment,
    /// When its attempt was sent.
    pub(crate) sent_at: Moment,
    /// When its first content came.
    pub(crate) begun_at: Moment,
    pub(crate) deadline: Moment,
    pub(crate) policy: Policy,
    /// The attempts that failed before, and their number.
    pub(crate) attempts: Attempts,
    pub(crate) failed: u32,
    pub(crate) span: Option<CallSpan>,
    pub(crate) permit: Option<HeldPermit>,
}

impl<R, C, O, W, U: Route> Call<R, C, O, W, U> {
    /// The policy of the call.
    pub(crate) fn policy(&self) -> Policy {
        *self.routed.route.policy().get().effective()
    }

    /// Its name in events.
    pub(crate) fn name(&self) -> &'static str {
        self.routed.route.site().label.name
    }

    /// Its classification of errors.
    pub(crate) const fn errors(&self) -> &C {
        &self.plan.errors
    }

    /// The attempt in flight has begun a stream, which takes what the call holds.
    pub(crate) fn begin(&mut self, site: &'static CallSite) -> Box<BegunCall> {
        self.routed.begin(site)
    }
}

impl<U: Route> Routed<U> {
    #[cold]
    #[inline(never)]
    fn begin(&mut self, site: &'static CallSite) -> Box<BegunCall> {
        self.finish(|mut progress| progress.begin(site))
    }
}

impl Progress<'_> {
    fn begin(&mut self, site: &'static CallSite) -> Box<BegunCall> {
        let now = self.now();
        let elapsed = self.elapsed(now);
        let attempt = self.record.failed.saturating_add(1);
        self.record.ended = true;
        self.emit(EventKind::FirstContent { attempt, elapsed });
        self.emit_success(now);
        // Last: until then a subscriber may panic, and the call returns its permit.
        let permit = self.route.begin(&mut self.record.route, now);
        let span = |rare: &mut Box<Rare>| rare.span.take();
        Box::new(BegunCall {
            site,
            start: self.record.start,
            sent_at: if self.record.sent_at.is_unset() {
                self.record.start
            } else {
                self.record.sent_at
            },
            begun_at: now,
            deadline: self.deadline,
            policy: *self.policy.effective(),
            attempts: std::mem::take(&mut self.record.attempts),
            failed: self.record.failed,
            span: self.record.rare.as_mut().and_then(span),
            permit,
        })
    }
}

impl fmt::Debug for BegunCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BegunCall").finish_non_exhaustive()
    }
}
