//! Calls a second, from totals at successive times.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

/// A rate is that of this time.
const WINDOW: Duration = Duration::from_secs(5);
/// The history is that of so many seconds.
const SECONDS: usize = 60;

/// The totals of names in each of the last seconds.
#[derive(Debug, Default)]
pub(crate) struct Rates(HashMap<String, History>);

/// Totals, with the time since the start. The first one of each second is kept.
#[derive(Debug)]
struct History {
    samples: VecDeque<(Duration, u64)>,
    last: (Duration, u64),
}

impl Rates {
    /// The total of a name at this time since the start. At the start it is zero.
    pub(crate) fn sample(&mut self, name: &str, now: Duration, total: u64) {
        let history = match self.0.get_mut(name) {
            Some(history) => history,
            None => self.0.entry(name.to_owned()).or_insert_with(History::new),
        };
        history.last = (now, total);
        let newest = history.samples.back().map_or(0, |it| it.0.as_secs());
        if now.as_secs() > newest {
            history.samples.push_back(history.last);
            if history.samples.len() > SECONDS.saturating_add(1) {
                history.samples.pop_front();
            }
        }
    }

    /// The calls a second in the last five seconds, or since the start.
    #[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
    pub(crate) fn rate(&self, name: &str) -> f64 {
        let Some(history) = self.0.get(name) else {
            return 0.0;
        };
        let (now, total) = history.last;
        let is_recent = |it: &&(Duration, u64)| now.saturating_sub(it.0) <= WINDOW;
        let first = history.samples.iter().find(is_recent);
        let (since, before) = first.copied().unwrap_or_default();
        let time = now.saturating_sub(since).as_secs_f64();
        let calls = total.saturating_sub(before) as f64;
        // At the first moment of a second there may be no other sample.
        if time > 0.0 { calls / time } else { 0.0 }
    }

    /// The calls in each of the last seconds, the oldest first.
    pub(crate) fn trend(&self, name: &str) -> Vec<u64> {
        let samples = self.0.get(name).map(|history| &history.samples);
        let samples = samples.into_iter().flatten();
        let later = samples.clone().skip(1);
        let pairs = samples.zip(later);
        pairs
            .map(|(before, after)| after.1.saturating_sub(before.1))
            .collect()
    }
}

impl History {
    fn new() -> Self {
        let start = (Duration::ZERO, 0);
        Self {
            samples: VecDeque::from([start]),
            last: start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rates;
    use std::time::Duration;

    fn sampled(totals: &[(u64, u64)]) -> Rates {
        let mut rates = Rates::default();
        for (millis, total) in totals {
            rates.sample("ask", Duration::from_millis(*millis), *total);
        }
        rates
    }

    fn assert_rate(rates: &Rates, expected: f64) {
        let rate = rates.rate("ask");
        assert!((rate - expected).abs() < 0.01, "{rate}");
    }

    #[test]
    fn a_rate_is_that_of_the_last_five_seconds() {
        assert_rate(&sampled(&[]), 0.0);
        assert_rate(&sampled(&[(500, 5)]), 10.0);
        let second_by_second = [(1_000, 100), (2_000, 100), (6_500, 120), (7_000, 130)];
        assert_rate(&sampled(&second_by_second), 30.0 / 5.0);
    }

    #[test]
    fn a_trend_has_the_calls_of_each_second() {
        let rates = sampled(&[(250, 3), (1_000, 4), (1_250, 6), (2_100, 9), (3_000, 9)]);
        assert_eq!(rates.trend("ask"), [4, 5, 0]);
        assert!(rates.trend("other").is_empty());
        let long: Vec<_> = (1..200).map(|second| (second * 1_000, second)).collect();
        assert_eq!(sampled(&long).trend("ask"), [1; 60]);
    }
}
