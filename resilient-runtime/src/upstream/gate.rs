//! Stage upstream: the pause that a server asks of all its callers.

use crate::{
    clock::Moment,
    random,
    sync::{AtomicU64, Ordering},
    wait::Timer,
};
use std::{future::poll_fn, pin::pin, time::Duration};

/// The least and the most over which callers spread who leave a gate.
const SPREAD: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// A gate that is open until a server has told a caller to come back later.
#[derive(Debug)]
pub(crate) struct Gate(AtomicU64);

impl Gate {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(Moment::NEVER.0))
    }

    /// Holds everybody back until then. A later time that was set before stays.
    pub(crate) fn close_until(&self, until: Moment) {
        self.0.fetch_max(until.0, Ordering::Relaxed);
    }

    /// Lets everybody through again.
    pub(crate) fn open(&self) {
        self.0.store(Moment::NEVER.0, Ordering::Relaxed);
    }

    /// How long it stays closed.
    #[inline]
    pub(crate) fn closed(&self, now: Moment) -> Option<Duration> {
        let until = Moment(self.0.load(Ordering::Relaxed));
        (until > now).then(|| until.since(now))
    }

    /// Waits until it is open, and then for a random time up to as long as the wait was (at least one second, at most
    /// thirty), so that callers who were held back together do not come back together.
    ///
    /// # Errors
    /// The wait, at once, if it would outlast `latest`.
    pub(crate) async fn pass(&self, latest: Moment) -> Result<(), Duration> {
        let mut now = Moment::now();
        while let Some(closed) = self.closed(now) {
            if now.after(closed) > latest {
                return Err(closed);
            }
            let spread = closed.clamp(SPREAD.0, SPREAD.1);
            let at = now.after(closed).after(share(spread)).min(latest);
            let mut timer = pin!(Timer::new());
            timer.as_mut().set(at);
            poll_fn(|cx| timer.as_mut().poll(cx)).await;
            // It may have been closed for longer meanwhile.
            now = Moment::now();
        }
        Ok(())
    }
}

/// A random part of it.
fn share(whole: Duration) -> Duration {
    let picked = u128::from(crate::clock::nanos(whole)).saturating_mul(random::random(0).into());
    Duration::from_nanos((picked >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn callers_leave_it_spread_and_none_before_its_time() {
        let gate = Gate::new();
        let start = Moment::now();
        let at = start.after(MINUTE);
        gate.close_until(at);
        // An earlier time changes nothing.
        gate.close_until(start);
        let passes = (0..200).map(|_| async {
            gate.pass(start.after(MINUTE * 10))
                .await
                .unwrap_or_default();
            Moment::now().since(at)
        });
        let mut left: Vec<Duration> = Vec::new();
        for passed in passes.map(Box::pin).map(tokio_test_all) {
            left.push(passed.await);
        }
        let half = left.iter().filter(|late| **late > MINUTE / 4).count();
        assert!(
            (40..160).contains(&half),
            "{half} of 200 in the second half"
        );
        assert!(left.iter().all(|late| *late <= MINUTE / 2), "{left:?}");
    }

    fn tokio_test_all<F: Future>(future: F) -> F {
        future
    }

    #[tokio::test(start_paused = true)]
    async fn who_cannot_wait_so_long_is_told_at_once() {
        let gate = Gate::new();
        let start = Moment::now();
        gate.close_until(start.after(MINUTE));
        assert_eq!(gate.pass(start.after(MINUTE / 2)).await, Err(MINUTE));
        assert_eq!(Moment::now(), start);
        gate.open();
        assert_eq!(gate.pass(start).await, Ok(()));
    }
}
