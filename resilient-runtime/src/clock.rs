//! The time as shared state keeps it: in one word.

use std::{sync::OnceLock, time::Duration};
use tokio::time::Instant;

/// Where moments are counted from: a year before the process first asked for the time, for those that have an earlier
/// time than who asked first: other threads by a little, and runtimes with a paused clock.
static START: OnceLock<Instant> = OnceLock::new();
const MARGIN: Duration = Duration::from_secs(365 * 86_400);

/// A moment: nanoseconds on a clock of the process's own, which lasts for 584 years. It is tokio's monotonic clock, so
/// time that is paused stands still here too. Runtimes with paused clocks of their own do not agree on the time;
/// whoever shares state between them sees it go back, which counts as no time at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub(crate) u64);

impl Moment {
    /// Before every other moment.
    pub(crate) const UNSET: Self = Self(0);
    /// After every other moment: the end of a time without a bound.
    pub(crate) const LAST: Self = Self(u64::MAX);

    #[cfg(not(all(test, any(resilient_model = "loom", resilient_model = "shuttle"))))]
    #[inline]
    pub(crate) fn now() -> Self {
        Self::of(Instant::now())
    }

    /// The time of the model.
    #[cfg(all(test, any(resilient_model = "loom", resilient_model = "shuttle")))]
    pub(crate) fn now() -> Self {
        crate::models::clock::now()
    }

    #[inline]
    pub(crate) fn of(instant: Instant) -> Self {
        let start = *START.get_or_init(|| instant.checked_sub(MARGIN).unwrap_or(instant));
        Self(nanos(instant.saturating_duration_since(start)).max(1))
    }

    /// As a timer needs it; none for [`UNSET`](Self::NEVER) and [`LAST`](Self::LAST), which need no timer.
    #[inline]
    pub(crate) fn instant(self) -> Option<Instant> {
        if self.is_unset() || self == Self::LAST {
            return None;
        }
        START.get()?.checked_add(Duration::from_nanos(self.0))
    }

    #[inline]
    pub(crate) fn is_unset(self) -> bool {
        self == Self::UNSET
    }

    /// The earlier of two, of which each may be never.
    #[inline]
    pub(crate) fn earlier(self, other: Self) -> Self {
        match (self.is_unset(), other.is_unset()) {
            (true, _) => other,
            (_, true) => self,
            _ => self.min(other),
        }
    }

    /// The time from `earlier` to this; zero if it is later.
    #[inline]
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// Whether the clock has gone back since `earlier` was read: this moment lies before it, by more than the readings of
    /// two threads differ.
    #[inline]
    pub(crate) fn is_behind(self, earlier: Self) -> bool {
        const THREADS_DIFFER: u64 = 1_000_000_000;
        self.0.saturating_add(THREADS_DIFFER) < earlier.0
    }

    #[inline]
    pub(crate) fn after(self, delay: Duration) -> Self {
        Self(self.0.saturating_add(nanos(delay)))
    }
}

/// In nanoseconds; what is longer than 584 years is that long.
pub(crate) const fn nanos(duration: Duration) -> u64 {
    // Twice as fast as by way of 128 bits.
    duration
        .as_secs()
        .saturating_mul(1_000_000_000)
        .saturating_add(duration.subsec_nanos() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_behind_the_first_one_run_all_the_same() {
        let first = Instant::now();
        let _ = Moment::of(first);
        // Other tests may have asked first, so this one looks at both sides of whoever did.
        for back in [0, 1, 10, 3_600] {
            let Some(earlier) = first.checked_sub(Duration::from_secs(back)) else {
                continue;
            };
            let moment = Moment::of(earlier);
            assert_eq!(moment.instant(), Some(earlier));
            let later = Moment::of(earlier.checked_add(Duration::from_secs(1)).unwrap_or(first));
            assert_eq!(later.since(moment), Duration::from_secs(1));
        }
        assert_eq!(Moment::UNSET.instant(), None);
    }

    #[test]
    fn the_longest_delay_ends_with_the_last_moment_and_needs_no_timer() {
        let now = Moment::now();
        assert_eq!(now.after(Duration::MAX), Moment::LAST);
        assert_eq!(Moment::LAST.after(Duration::MAX), Moment::LAST);
        assert_eq!(Moment::LAST.earlier(now), now);
        assert_eq!(Moment::LAST.earlier(Moment::UNSET), Moment::LAST);
        assert_eq!(Moment::LAST.instant(), None);
    }
}
