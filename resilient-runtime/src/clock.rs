//! Time in one word, as shared state stores it.

use std::{sync::OnceLock, time::Duration};
use tokio::time::Instant;

/// The origin of moments: a year before the process first read the clock, because other threads may
/// have a slightly earlier reading, and runtimes with a paused clock an earlier one.
static START: OnceLock<Instant> = OnceLock::new();
const MARGIN: Duration = Duration::from_secs(365 * 86_400);

/// A moment: nanoseconds of tokio's monotonic clock, for 584 years; paused time stands still here
/// too. Runtimes with paused clocks of their own disagree on the time; state shared between them
/// sees it go back, which counts as no elapsed time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub(crate) u64);

impl Moment {
    /// Before every other moment.
    pub(crate) const UNSET: Self = Self(0);
    /// After every other moment: the end of an unbounded time.
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
        let since = instant.saturating_duration_since(start);
        // No clock runs for the 584 years after which this wraps around.
        let whole = since.as_secs().wrapping_mul(1_000_000_000);
        Self(whole.wrapping_add(since.subsec_nanos().into()).max(1))
    }

    /// As an instant for a timer; `None` for [`UNSET`](Self::UNSET) and [`LAST`](Self::LAST), which
    /// need no timer.
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

    /// The earlier of two moments, ignoring unset ones.
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

    /// As [`since`](Self::since), in nanoseconds.
    #[inline]
    pub(crate) fn nanos_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether the clock has gone back since `earlier` was read, by more than the readings of two
    /// threads differ.
    #[inline]
    pub(crate) fn is_behind(self, earlier: Self) -> bool {
        const THREADS_DIFFER: u64 = 1_000_000_000;
        self.0.saturating_add(THREADS_DIFFER) < earlier.0
    }

    /// The moment that was `time` ago.
    pub(crate) fn before(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(time)).max(1))
    }

    #[inline]
    pub(crate) fn after(self, delay: Duration) -> Self {
        Self(self.0.saturating_add(nanos(delay)))
    }
}

/// In nanoseconds; saturates at 584 years.
pub(crate) const fn nanos(duration: Duration) -> u64 {
    // Twice as fast as through 128 bits.
    duration
        .as_secs()
        .saturating_mul(1_000_000_000)
        .saturating_add(duration.subsec_nanos() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_before_the_first_reading_are_valid() {
        let first = Instant::now();
        let _ = Moment::of(first);
        // Other tests may have read the clock first, so this one tries both sides of that reading.
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
    fn longest_delay_saturates_at_the_last_moment_without_a_timer() {
        let now = Moment::now();
        assert_eq!(now.after(Duration::MAX), Moment::LAST);
        assert_eq!(Moment::LAST.after(Duration::MAX), Moment::LAST);
        assert_eq!(Moment::LAST.earlier(now), now);
        assert_eq!(Moment::LAST.earlier(Moment::UNSET), Moment::LAST);
        assert_eq!(Moment::LAST.instant(), None);
    }
}
