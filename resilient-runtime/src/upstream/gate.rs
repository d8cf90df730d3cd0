//! The gate: a shared pause that a server asks of all its callers.

use crate::{
    clock::Moment,
    item, random,
    sync::{AtomicU64, Ordering},
    timer::Timer,
};
use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};
use tokio::sync::{Notify, futures::Notified};

/// Callers that leave the gate are spread over at least and at most this time.
const SPREAD: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// At most over this in a bulk run, of which few items wait: it begins no others before.
const SPREAD_OF_ITEMS: Duration = Duration::from_secs(3);

/// A gate, closed while a server's `Retry-After` lasts.
#[derive(Debug)]
pub(crate) struct Gate {
    until: AtomicU64,
    /// When it was last closed.
    closed_at: AtomicU64,
    /// Notifies waiting callers that the gate was opened by hand, or that the breaker has changed.
    changed: Notify,
}

impl Gate {
    pub(crate) const fn new() -> Self {
        Self {
            until: AtomicU64::new(Moment::UNSET.0),
            closed_at: AtomicU64::new(Moment::UNSET.0),
            changed: Notify::const_new(),
        }
    }

    /// Closes the gate until then, and returns whether it was open before. A later time set before
    /// remains.
    pub(crate) fn close_until(&self, until: Moment, now: Moment) -> bool {
        if self.is_behind(now) {
            self.open();
        }
        self.closed_at.store(now.0, Ordering::Relaxed);
        self.until.fetch_max(until.0, Ordering::Relaxed) <= now.0
    }

    /// Opens the gate.
    pub(crate) fn open(&self) {
        self.until.store(Moment::UNSET.0, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn is_closed(&self, now: Moment) -> bool {
        self.until.load(Ordering::Relaxed) > now.0 && !self.is_behind(now)
    }

    /// The remaining time, if it is closed.
    pub(crate) fn closed(&self, now: Moment) -> Option<Duration> {
        let until = Moment(self.until.load(Ordering::Relaxed));
        self.is_closed(now).then(|| until.since(now))
    }

    /// To be called before gate or breaker are checked, so that no change between the check and the
    /// sleep is missed.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Sleeps until then, or until [`notify_changed`](Self::notify_changed).
    pub(crate) async fn sleep_until(at: Moment, changed: Notified<'_>) {
        let mut changed = pin!(changed);
        let mut timer = pin!(Timer::new());
        timer.as_mut().set(at);
        poll_fn(|cx| match changed.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => timer.as_mut().poll(cx),
        })
        .await;
    }

    /// The gate was opened by hand, or the breaker has changed: waiting callers check again.
    pub(crate) fn notify_changed(&self) {
        self.changed.notify_waiters();
    }

    /// Whether the clock has gone back since the gate was closed. It counts as open then, or it
    /// could stay closed for ever.
    fn is_behind(&self, now: Moment) -> bool {
        now.is_behind(Moment(self.closed_at.load(Ordering::Relaxed)))
    }

    /// Waits until the gate is open, and then for a random time, so that callers paused together do
    /// not return together (thundering herd). The random time is at most the length of the pause,
    /// between one and thirty seconds (three in a bulk run), and at most half of the time left
    /// until `latest`: the rest is for the attempt.
    ///
    /// # Errors
    /// The remaining wait, returned at once if it exceeds `latest`.
    pub(crate) async fn pass(&self, latest: Moment) -> Result<(), Duration> {
        loop {
            let changed = self.changed();
            let now = Moment::now();
            let Some(closed) = self.closed(now) else {
                return Ok(());
            };
            let opens = now.after(closed);
            if opens > latest {
                return Err(closed);
            }
            let most = if item::is_inside() {
                SPREAD_OF_ITEMS
            } else {
                SPREAD.1
            };
            let spread = closed.clamp(SPREAD.0, most);
            let half = latest.since(opens).checked_div(2).unwrap_or_default();
            let at = opens.after(random::part_of(spread.min(half)));
            // It may be extended meanwhile, or opened by hand.
            Self::sleep_until(at, changed).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::task::JoinSet;

    const MINUTE: Duration = Duration::from_secs(60);
    /// The resolution of a timer.
    const TICK: Duration = Duration::from_millis(1);

    /// How long after the gate's opening, a minute from now, each caller leaves it.
    async fn leave(callers: usize, time_after: Duration) -> Vec<Duration> {
        let gate = Arc::new(Gate::new());
        let start = Moment::now();
        let opens = start.after(MINUTE);
        assert!(gate.close_until(opens, start));
        // An earlier time changes nothing.
        assert!(!gate.close_until(start, start));
        let mut tasks = JoinSet::new();
        for _ in 0..callers {
            let gate = Arc::clone(&gate);
            tasks.spawn(async move {
                let passed = gate.pass(opens.after(time_after)).await;
                assert_eq!(passed, Ok(()));
                let now = Moment::now();
                assert!(now >= opens, "before its time");
                now.since(opens)
            });
        }
        tasks.join_all().await
    }

    #[tokio::test(start_paused = true)]
    async fn gate_spreads_callers_and_releases_none_early() {
        let left = leave(300, 10 * MINUTE).await;
        for tenth in 0..10_u32 {
            let (from, to) = (SPREAD.1 / 10 * tenth, SPREAD.1 / 10 * (tenth + 1));
            let count = left
                .iter()
                .filter(|late| from <= **late && **late <= to)
                .count();
            assert!(
                (5..80).contains(&count),
                "{count} of 300 from {from:?} to {to:?}"
            );
        }
        assert!(left.iter().all(|late| *late <= SPREAD.1 + TICK), "{left:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn gate_leaves_half_of_the_remaining_time_to_the_attempt() {
        let left = leave(300, Duration::from_secs(4)).await;
        let most = left.iter().max().copied().unwrap_or_default();
        let half = Duration::from_secs(2);
        assert!((half / 2..=half + TICK).contains(&most), "{most:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn gate_rejects_at_once_if_the_pause_exceeds_the_deadline() {
        let gate = Gate::new();
        let start = Moment::now();
        assert!(gate.close_until(start.after(MINUTE), start));
        assert_eq!(gate.pass(start.after(MINUTE / 2)).await, Err(MINUTE));
        assert_eq!(Moment::now(), start);
        gate.open();
        assert_eq!(gate.pass(start).await, Ok(()));
    }

    #[test]
    fn f09_a_clock_that_goes_back_opens_the_gate() {
        let gate = Gate::new();
        let (early, late) = (Moment(5_000_000_000), Moment(86_400_000_000_000));
        assert!(gate.close_until(late.after(MINUTE), late));
        assert!(gate.is_closed(late));
        // Another thread's reading is a little older.
        assert!(gate.is_closed(Moment(late.0 - 1_000_000)));
        assert!(!gate.is_closed(early));
        assert!(gate.close_until(early.after(MINUTE), early));
        assert_eq!(gate.closed(early), Some(MINUTE));
        assert!(!gate.is_closed(early.after(MINUTE)));
    }

    /// Opened between the check and the sleep, as by another thread.
    #[tokio::test(start_paused = true)]
    async fn f144_a_gate_that_opens_while_a_call_begins_to_wait_lets_it_through() {
        let gate = Gate::new();
        let start = Moment::now();
        gate.close_until(start.after(MINUTE), start);
        let changed = gate.changed();
        assert_eq!(gate.closed(start), Some(MINUTE));
        gate.open();
        gate.notify_changed();
        Gate::sleep_until(start.after(MINUTE), changed).await;
        assert_eq!(Moment::now(), start);
    }
}
