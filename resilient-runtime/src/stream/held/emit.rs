//! The events of a stream after its first content.

use super::Held;
use crate::{
    Classification,
    clock::Moment,
    event::{self, AttemptFailure, CallSpan, EventKind, Origin},
    stream::account::StreamUpstream,
};
use std::borrow::Cow;

impl<A: StreamUpstream> Held<A> {
    pub(super) fn emit_failure<'a>(
        &self,
        failure: &'a Classification,
        now: Moment,
        kind: impl FnOnce(AttemptFailure<'a>, u64) -> EventKind<'a>,
    ) {
        if event::is_recording() {
            let failed = AttemptFailure {
                failure: Cow::Borrowed(failure),
                attempt: self.call.failed.saturating_add(1),
                attempts: self.call.policy.attempts_for(failure.class),
                elapsed: now.since(self.call.start),
                took: now.since(self.call.sent_at),
            };
            self.emit_recorded(kind(failed, self.items));
        }
    }

    pub(super) fn emit_end(&self, is_complete: bool) {
        if event::is_recording() {
            let (items, now) = (self.items, Moment::now());
            let elapsed = now.since(self.call.start);
            let streaming = now.since(self.call.begun_at);
            self.emit_recorded(if is_complete {
                EventKind::StreamEnded {
                    items,
                    elapsed,
                    streaming,
                }
            } else {
                EventKind::StreamDropped {
                    items,
                    elapsed,
                    streaming,
                }
            });
        }
    }

    #[cold]
    fn emit_recorded(&self, kind: EventKind<'_>) {
        let span = self.call.span.as_ref();
        let _entered = span.map(CallSpan::enter);
        let handle = self.upstream.handle();
        let origin = handle.map_or_else(Origin::default, |handle| handle.origin());
        self.call.site.events(origin).emit(kind);
    }
}
