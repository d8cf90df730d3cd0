//! The end of a call: with a success, or when it is dropped.

use super::{record::Record, routed::Routed, state::Progress};
use crate::{
    ambient::AttemptLog,
    event,
    route::{CallPolicy as _, Route},
};

impl<U: Route> Routed<U> {
    /// The call ends with a success that has to be recorded or reported, or of a degraded upstream:
    /// see [`Progress::succeeded`].
    #[cold]
    #[inline(never)]
    pub(super) fn succeeded(&mut self, at_once: bool, log: Option<Box<AttemptLog>>) {
        let is_plain = at_once && self.is_plain() && log.is_none();
        if is_plain && event::is_only_counted() && self.route.try_succeed(true) {
            self.route.count_at_once();
        } else {
            self.record_success(at_once, log);
        }
    }

    // bench cost: -20 instructions of a success that is only counted, for it saves registers
    #[cold]
    #[inline(never)]
    fn record_success(&mut self, at_once: bool, log: Option<Box<AttemptLog>>) {
        self.finish(|mut progress| progress.succeeded(at_once, log));
    }

    /// The call is dropped.
    #[cold]
    #[inline(never)]
    fn close(&mut self) {
        self.finish(|mut progress| progress.close());
    }

    #[inline(always)]
    pub(super) fn finish<T>(&mut self, step: impl FnOnce(Progress<'_>) -> T) -> T {
        // Taken out, so that all of it is dropped even if a subscriber panics.
        let (mut cold, mut brief) = (self.cold.take(), None);
        let record = match &mut cold {
            Some(cold) => &mut cold.record,
            None => brief.insert(Record::default()),
        };
        let policy = self.route.policy();
        step(Progress {
            deadline: self.deadline,
            record,
            policy: policy.get(),
            route: &mut self.route,
        })
    }
}

impl<U: Route> Drop for Routed<U> {
    #[inline]
    fn drop(&mut self) {
        if self.route.is_in_flight() || self.cold.is_some() {
            self.close();
        }
    }
}
