//! The progress of a run, as plain data.

use super::{Stop, report::count};
use crate::{Class, Money, Tokens, statistics::WaitReason};
use std::{fmt, time::Duration};

/// The progress of a run: [`Bulk::progress`](super::Bulk::progress).
///
/// Its `Display` is one line.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The number of all items, if their iterator knows it.
    pub total: Option<usize>,
    /// The number of items that have succeeded.
    pub succeeded: usize,
    /// The number of items that have failed, or panicked.
    pub failed: usize,
    /// The number of items that an earlier run has done, by the journal. They are not begun, and
    /// do not count as succeeded.
    pub skipped: usize,
    /// The number of failed items by class, the most frequent one first: the class that the last
    /// failed call of the item has failed with; `Unknown` for an item without one.
    pub failures: Vec<(Class, usize)>,
    /// The number of items in flight that do not wait.
    pub running: usize,
    /// The items in flight whose calls wait, by reason, the most frequent one first.
    pub waiting: Vec<Waiting>,
    /// Items that end in a second, over the last minute at most; in the last report, over the whole
    /// run. `None` until a second after the first end.
    pub rate: Option<f64>,
    /// The tokens that the calls have recorded, those of failed attempts included.
    pub tokens: Tokens,
    /// The cost of the calls by the [`price`](crate::Upstream::price) of their upstreams, that of
    /// failed attempts included; without a reported usage, that of the estimate. `None` until an
    /// upstream has a price, and if the prices are in several currencies.
    pub cost: Option<Money>,
    /// The time since the run began.
    pub elapsed: Duration,
    /// The time that the rest needs at the recent rate. `None` while the rate is zero or not known,
    /// or the number of items is not known. For a run that has stopped, the rest is what is in
    /// flight.
    pub time_left: Option<Duration>,
    /// The reason why the run begins no further item, if it has stopped.
    pub stopped: Option<Stop>,
    /// Whether this is the last report: nothing is in flight any more.
    pub is_last: bool,
}

/// The items whose calls wait for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// The reason.
    pub reason: WaitReason,
    /// Their number.
    pub count: usize,
    /// The time until the first of these waits ends, if that is known.
    pub time_left: Option<Duration>,
}

impl Progress {
    /// The number of items that have ended, whether they have succeeded or not, those that an
    /// earlier run has done included.
    pub const fn ended(&self) -> usize {
        self.ended_here().saturating_add(self.skipped)
    }

    /// The number of items that have ended in this run.
    pub(super) const fn ended_here(&self) -> usize {
        self.succeeded.saturating_add(self.failed)
    }

    /// The number of items in flight, those that wait included.
    pub fn in_flight(&self) -> usize {
        self.running.saturating_add(count(&self.waiting))
    }

    /// The reason that holds the run back: that of most items, if all that are in flight wait; or
    /// a pause by the server or the circuit breaker, if at least half as many items wait for its
    /// end as are in flight.
    pub fn held_back_by(&self) -> Option<&Waiting> {
        let is_pause = |it: &&Waiting| {
            matches!(it.reason, WaitReason::Gate | WaitReason::Breaker)
                && it.count >= self.running / 2
        };
        let pause = self.waiting.iter().find(is_pause);
        pause.or_else(|| self.waiting.first().filter(|_| self.running == 0))
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ended())?;
        if let Some(total) = self.total {
            write!(f, " of {total}")?;
        }
        if self.skipped > 0 {
            write!(f, ", {} done before", self.skipped)?;
        }
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        if !self.is_last {
            write!(f, ", {} in flight", self.in_flight())?;
        }
        if let Some(rate) = self.rate {
            write!(f, ", {rate:.1}/s")?;
        }
        if let (Some(left), false) = (self.time_left, self.is_last) {
            write!(f, ", {} left", Seconds(left))?;
        }
        if let Some(cost) = self.cost {
            write!(f, ", {cost:.2}")?;
        }
        match (&self.stopped, self.held_back_by()) {
            (Some(stop), _) => write!(f, "; {stop}"),
            (None, Some(waiting)) => write!(f, "; {waiting}"),
            (None, None) => Ok(()),
        }
    }
}

/// As `rate limited, 12 s`.
impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            WaitReason::Gate | WaitReason::Server => "paused by the server",
            WaitReason::Requests | WaitReason::Tokens => "rate limited",
            WaitReason::Concurrency => "waiting for a permit",
            WaitReason::Breaker => "circuit open",
            WaitReason::Budget => "waiting for the retry budget",
            WaitReason::Backoff => "waiting for a retry",
        })?;
        match self.time_left {
            Some(left) => write!(f, ", {}", Seconds(left)),
            None => Ok(()),
        }
    }
}

/// A time in its two largest units: `1 h 5 min`, `12 s`. Rounded up to seconds.
pub(super) struct Seconds(pub(super) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self
            .0
            .saturating_add(Duration::from_nanos(999_999_999))
            .as_secs();
        let minutes = seconds / 60;
        let (hours, minutes, seconds) = (minutes / 60, minutes % 60, seconds % 60);
        match (hours, minutes) {
            (0, 0) => write!(f, "{seconds} s"),
            (0, _) => write!(f, "{minutes} min {seconds} s"),
            _ => write!(f, "{hours} h {minutes} min"),
        }
    }
}
