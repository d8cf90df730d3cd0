//! The recent rate of a run.

use crate::clock::Moment;
use std::{collections::VecDeque, time::Duration};

/// The rate is that of this time.
const WINDOW: Duration = Duration::from_secs(60);
/// The time between two samples, and the shortest time with a rate.
const SAMPLE: Duration = Duration::from_secs(1);

/// The rate at which items have ended in the last minute.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The time of each sample, and how many items had ended then. The oldest one is as old as the
    /// window.
    samples: VecDeque<(Moment, usize)>,
}

impl Pace {
    /// So many items have ended until now. Returns their rate per second; `None` until a second
    /// after the first end: before that, items that take long would count as a low rate.
    pub(super) fn rate(&mut self, ended: usize, now: Moment) -> Option<f64> {
        let is_due = |at: Moment| now.since(at) >= SAMPLE;
        if ended > 0 && self.samples.back().is_none_or(|(at, _)| is_due(*at)) {
            self.samples.push_back((now, ended));
        }
        while self
            .samples
            .get(1)
            .is_some_and(|(at, _)| now.since(*at) >= WINDOW)
        {
            self.samples.pop_front();
        }
        let (since, before) = *self.samples.front()?;
        let time = now.since(since);
        let ended = ended.saturating_sub(before);
        average(ended, time).filter(|_| time >= SAMPLE)
    }
}

/// The rate per second of so many items in this time. `None` for no time.
#[expect(
    clippy::cast_precision_loss,
    reason = "a rate does not need all digits"
)]
pub(super) fn average(items: usize, time: Duration) -> Option<f64> {
    (!time.is_zero()).then(|| items as f64 / time.as_secs_f64())
}

/// The time that so many items need at this rate.
#[expect(
    clippy::cast_precision_loss,
    reason = "a time left does not need all digits"
)]
pub(super) fn time_for(items: usize, rate: f64) -> Option<Duration> {
    let seconds = items as f64 / rate;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_is_that_of_the_last_minute() {
        let (mut pace, start) = (Pace::default(), Moment::now());
        assert_eq!(pace.rate(0, start), None);
        for second in 0..600_u64 {
            let now = start.after(Duration::from_secs(second));
            let ended = usize::try_from(second.min(300) * 10 + 1).unwrap_or_default();
            let rate = pace.rate(ended, now);
            let expected = match second {
                0 => None,
                1..=300 => Some(10.0),
                360.. => Some(0.0),
                _ => continue,
            };
            assert_eq!(rate, expected, "{second}");
        }
    }

    #[test]
    fn time_left_is_none_where_there_is_no_rate() {
        assert_eq!(time_for(10, 0.5), Some(Duration::from_secs(20)));
        assert_eq!(time_for(10, 0.0), None);
        assert_eq!(time_for(0, 0.0), None);
    }
}
