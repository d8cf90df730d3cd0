//! The time as shared state keeps it: in one word.

use std::{sync::OnceLock, time::Duration};
use tokio::time::Instant;

/// When the process first asked for the time.
static START: OnceLock<Instant> = OnceLock::new();

/// Where that first moment stands: a year from zero, which means never. Paused clocks run ahead, so a runtime that is
/// younger than the one that asked first may well be at an earlier time.
const FIRST: u64 = 365 * 86_400 * 1_000_000_000;

/// A moment: nanoseconds on a clock of the process's own, which lasts for 584 years. It is tokio's monotonic clock, so
/// time that is paused stands still here too. Runtimes with paused clocks of their own do not agree on the time;
/// whoever shares state between them sees it go back, which counts as no time at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// Before every other moment.
    pub(crate) const NEVER: Self = Self(0);

    #[inline]
    pub(crate) fn now() -> Self {
        Self::of(Instant::now())
    }

    #[inline]
    pub(crate) fn of(instant: Instant) -> Self {
        let start = *START.get_or_init(|| instant);
        match instant.checked_duration_since(start) {
            Some(since) => Self(nanos(since).saturating_add(FIRST)),
            None => Self::before(start, instant),
        }
    }

    /// Time stands still only for clocks that are a year behind.
    #[cold]
    fn before(start: Instant, instant: Instant) -> Self {
        let until = nanos(start.saturating_duration_since(instant));
        Self(FIRST.saturating_sub(until).max(1))
    }

    /// As a timer needs it; none for [`NEVER`](Self::NEVER).
    pub(crate) fn instant(self) -> Option<Instant> {
        if self.is_never() {
            return None;
        }
        let start = START.get()?;
        match self.0.checked_sub(FIRST) {
            Some(since) => start.checked_add(Duration::from_nanos(since)),
            None => start.checked_sub(Duration::from_nanos(FIRST.saturating_sub(self.0))),
        }
    }

    #[inline]
    pub(crate) fn is_never(self) -> bool {
        self == Self::NEVER
    }

    /// The earlier of two, of which each may be never.
    #[inline]
    pub(crate) fn earlier(self, other: Self) -> Self {
        match (self.is_never(), other.is_never()) {
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

    #[inline]
    pub(crate) fn after(self, delay: Duration) -> Self {
        Self(self.0.saturating_add(nanos(delay)))
    }
}

/// In nanoseconds; what is longer than 584 years is that long.
pub(crate) const fn nanos(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 {
        u64::MAX
    } else {
        nanos as u64
    }
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
        assert_eq!(Moment::NEVER.instant(), None);
    }
}
