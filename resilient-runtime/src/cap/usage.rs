//! The use of a cap, as plain data.

use super::{Amount, Cap, Window, written};
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// The use of a [`Cap`] in its current window. Its `Display` is
/// `42 USD of 50 USD/day, until 2026-11-30 00:00 UTC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CapUsage {
    /// The cap.
    pub cap: Cap,
    /// The amount used so far; it may exceed that of the cap.
    pub used: Amount,
    /// The end of the window: then the count begins anew.
    pub ends: SystemTime,
}

impl CapUsage {
    pub(crate) fn new(cap: Cap, used: u64, window: Window) -> Self {
        let seconds = u64::try_from(window.end).unwrap_or_default();
        let ends = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        Self {
            cap,
            used: cap.amount().with(used),
            ends: ends.unwrap_or(SystemTime::UNIX_EPOCH),
        }
    }

    /// The used part of the cap: 1 if it is reached, and more if it is exceeded.
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    pub fn ratio(&self) -> f64 {
        self.used.number() as f64 / self.cap.amount().number().max(1) as f64
    }

    /// Whether the cap is reached: no further attempt is sent in this window.
    pub fn is_reached(&self) -> bool {
        self.used.number() >= self.cap.amount().number()
    }

    /// The end of the window in words, at the offset of the cap.
    pub(crate) fn end(&self) -> String {
        let end = self.ends.duration_since(SystemTime::UNIX_EPOCH);
        let seconds = end.map_or(0, |end| end.as_secs());
        written(
            i64::try_from(seconds).unwrap_or(i64::MAX),
            self.cap.offset(),
        )
    }
}

impl fmt::Display for CapUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, until {}", self.used, self.cap, self.end())
    }
}
