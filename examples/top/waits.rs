//! The calls that wait now, from the events of each call.

use crate::traffic;
use resilient_runtime::{Event, EventKind, Observer, statistics::WaitReason};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The number of a call of the application, and the function.
type Caller = (u64, &'static str);

/// The calls that wait, and for what.
///
/// No event tells that a wait before a retry is over: its length is known when it begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits(Arc<Mutex<HashMap<Caller, Current>>>);

/// The wait of a call.
#[derive(Clone, Copy, Debug)]
struct Current {
    reason: WaitReason,
    since: Instant,
    /// The end, if it is known.
    until: Option<Instant>,
}

/// Calls that wait for the same reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Their number.
    pub calls: u64,
    /// How long the first of them has waited.
    pub longest: Duration,
}

impl Waits {
    /// Hears of the events of calls within those of [`traffic`](crate::traffic).
    pub(crate) fn observer(&self) -> impl Observer + 'static {
        let waits = self.clone();
        move |event: &Event<'_>| {
            if let (Some(number), Some(function)) = (traffic::number(), event.function()) {
                waits.observe((number, function), &event.kind, Instant::now());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Caller, Current>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn observe(&self, caller: Caller, kind: &EventKind<'_>, now: Instant) {
        let (reason, length) = match kind {
            EventKind::Retrying { delay, source, .. } => ((*source).into(), Some(*delay)),
            EventKind::Deferring(_) => (WaitReason::Budget, None),
            EventKind::Queued { waits_for, .. } => ((*waits_for).into(), None),
            EventKind::AttemptFailed(_)
            | EventKind::Released { .. }
            | EventKind::Admitted { .. }
            | EventKind::GivingUp { .. }
            | EventKind::Succeeded { .. }
            | EventKind::Recovered { .. }
            | EventKind::Cancelled { .. } => {
                self.lock().remove(&caller);
                return;
            }
            _ => return,
        };
        let until = length.and_then(|length| now.checked_add(length));
        let current = Current {
            reason,
            since: now,
            until,
        };
        self.lock().insert(caller, current);
    }

    /// The calls that wait at this moment, by function and reason.
    pub(crate) fn at(&self, now: Instant) -> BTreeMap<(&'static str, WaitReason), Waiting> {
        let mut all = BTreeMap::<_, Waiting>::new();
        for ((_, function), current) in self.lock().iter() {
            if current.until.is_none_or(|until| until > now) {
                let waiting = all.entry((*function, current.reason)).or_default();
                waiting.calls = waiting.calls.saturating_add(1);
                let time = now.saturating_duration_since(current.since);
                waiting.longest = waiting.longest.max(time);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Waits;
    use crate::{observe_here::observe_here, traffic::call};
    use resilient_runtime::{CallError, Concurrency, Upstream, resilient, statistics::WaitReason};
    use std::{
        future::pending,
        io,
        time::{Duration, Instant},
    };
    use tokio::task::yield_now;

    const LONG: Duration = Duration::from_secs(1_000);

    static ONE: Upstream = Upstream::new("one").concurrency(Concurrency::new(1));

    #[resilient(name = "hang", upstream = ONE, timeout = "none")]
    async fn hang() -> Result<(), CallError<io::Error>> {
        pending().await
    }

    #[resilient(
        backoff(initial = "1000s", max = "1000s", jitter = "none"),
        name = "broken"
    )]
    async fn broken() -> Result<(), CallError<io::Error>> {
        Err(io::Error::from(io::ErrorKind::ConnectionReset).into())
    }

    fn later() -> Instant {
        let now = Instant::now();
        now.checked_add(LONG).unwrap_or(now)
    }

    fn waiting(waits: &Waits, now: Instant) -> Vec<(&'static str, WaitReason, u64)> {
        let all = waits.at(now).into_iter();
        all.map(|((function, reason), now)| (function, reason, now.calls))
            .collect()
    }

    #[resilient_runtime::test(start_paused = true)]
    async fn calls_wait_until_they_are_sent_or_dropped() {
        let waits = Waits::default();
        let observation = observe_here(waits.observer());
        let calls = [0; 3].map(|_| tokio::spawn(call(hang())));
        yield_now().await;
        let queued = [("hang", WaitReason::Concurrency, 2)];
        assert_eq!(waiting(&waits, Instant::now()), queued);
        let longest = waits.at(later()).into_values().next();
        assert!(longest.is_some_and(|it| it.longest >= LONG));

        // One of those that wait is sent now.
        let [first, second, third] = calls;
        first.abort();
        assert!(first.await.is_err());
        yield_now().await;
        let queued = [("hang", WaitReason::Concurrency, 1)];
        assert_eq!(waiting(&waits, Instant::now()), queued);
        third.abort();
        assert!(third.await.is_err());
        assert_eq!(waiting(&waits, Instant::now()), []);
        second.abort();
        observation.stop();
    }

    #[resilient_runtime::test(start_paused = true)]
    async fn a_wait_before_a_retry_ends_by_itself() {
        let waits = Waits::default();
        let observation = observe_here(waits.observer());
        let failing = tokio::spawn(call(broken()));
        yield_now().await;
        let retries = [("broken", WaitReason::Backoff, 1)];
        assert_eq!(waiting(&waits, Instant::now()), retries);
        assert_eq!(waiting(&waits, later()), []);
        failing.abort();
        assert!(failing.await.is_err());
        assert_eq!(waiting(&waits, Instant::now()), []);
        observation.stop();
    }
}
