//! The schedule of a policy whose numbers are known at expansion. This crate cannot call the
//! runtime: a test of the workspace compares the rows with those of `Policy::explain`.

use std::time::Duration;

/// The growth of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    Exponential,
    Linear,
    Fixed,
    Decorrelated,
}

/// The shortest wait, as a part of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortest {
    Step,
    Half,
    Nothing,
}

/// The numbers of a policy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub(crate) attempts: u32,
    /// The longest time of an attempt.
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) growth: Growth,
    pub(crate) initial: Duration,
    pub(crate) factor: f64,
    pub(crate) max: Duration,
    pub(crate) shortest: Shortest,
}

/// From the shortest to the longest; the longest is `None` if it has no bound.
pub(crate) type Range<T = Duration> = (Duration, T);

/// One attempt: the wait before it, and when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) wait: Range,
    pub(crate) begins: Range<Option<Duration>>,
}

/// After an overload, a schedule that grows begins with this multiple of its first step.
const OVERLOADED_FACTOR: u32 = 2;
/// Jitter is at least this.
const LEAST: Duration = Duration::from_nanos(1);

impl Numbers {
    /// The numbers after an overload.
    pub(crate) fn overloaded(mut self) -> Self {
        if self.growth != Growth::Fixed {
            self.initial = self.initial.saturating_mul(OVERLOADED_FACTOR);
        }
        self
    }

    /// The attempts, as far as the deadline permits them, and at most `most`.
    pub(crate) fn rows(&self, most: usize) -> Vec<Row> {
        let capped = |time: Duration| self.deadline.map_or(time, |all| all.min(time));
        let mut rows = Vec::new();
        let mut wait: Option<Range> = None;
        let (mut earliest, mut latest) = (Duration::ZERO, Some(Duration::ZERO));
        for number in 1..=self.attempts.max(1) {
            let (from, to) = wait.unwrap_or_default();
            rows.push(Row {
                wait: (from, capped(to)),
                begins: (earliest, latest.map(capped).or(self.deadline)),
            });
            let (from, to) = self.wait(number, wait);
            let left = self.deadline.map(|all| all.saturating_sub(earliest));
            if rows.len() == most || left.is_some_and(|left| from >= left) {
                break;
            }
            earliest = earliest.saturating_add(from);
            let failed_at = latest.zip(self.timeout);
            latest = failed_at.map(|(at, took)| at.saturating_add(took).saturating_add(to));
            wait = Some((from, to));
        }
        rows
    }

    /// The wait before this retry, after `previous`.
    fn wait(&self, retry: u32, previous: Option<Range>) -> Range {
        let Self {
            growth,
            initial,
            max,
            ..
        } = *self;
        let step = match growth {
            Growth::Fixed => initial,
            Growth::Linear => initial.saturating_mul(retry).min(max),
            Growth::Exponential => self.grown(initial, retry.saturating_sub(1)).min(max),
            Growth::Decorrelated => {
                let (from, to) = previous.unwrap_or((initial, initial));
                let end = |previous| self.grown(previous, 1).max(initial);
                let least = |end: Duration| if end > initial { LEAST } else { Duration::ZERO };
                let shortest = initial.saturating_add(least(end(from)));
                return (shortest.min(max), end(to).min(max));
            }
        };
        let shortest = match self.shortest {
            Shortest::Step => step,
            Shortest::Half => half(step),
            Shortest::Nothing => LEAST.min(step),
        };
        (shortest, step)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the cast saturates"
    )]
    fn grown(&self, initial: Duration, times: u32) -> Duration {
        let nanos = nanos(initial);
        let times = i32::try_from(times).unwrap_or(i32::MAX);
        let grown = (nanos as f64 * self.factor.powi(times)).round() as u64;
        Duration::from_nanos(grown.max(nanos))
    }
}

/// Half of a step and the least jitter.
fn half(step: Duration) -> Duration {
    let half = step.checked_div(2).unwrap_or_default();
    half.saturating_add(LEAST).min(step)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
