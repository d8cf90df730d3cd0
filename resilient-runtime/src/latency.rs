//! Latencies in bounded memory: a decaying histogram.

use crate::sync::{AtomicU64, Ordering};
use std::time::Duration;

/// Four buckets per doubling, from a millisecond to more than an hour: a quantile is accurate to a
/// fifth.
const BUCKETS: usize = 96;
const PER_DOUBLING: u32 = 4;

/// After this many runs all counts are halved, so that old runs have little weight.
const KEPT: u64 = 1_000;

/// Fewer runs say nothing about a tail.
const LEAST: u64 = 20;

#[derive(Debug)]
pub(crate) struct Latency {
    counts: [AtomicU64; BUCKETS],
    total: AtomicU64,
}

impl Latency {
    pub(crate) const fn new() -> Self {
        Self {
            counts: [const { AtomicU64::new(0) }; BUCKETS],
            total: AtomicU64::new(0),
        }
    }

    /// Counts one run. Concurrent counts during a halving may be lost, which changes no quantile by
    /// much.
    pub(crate) fn record(&self, took: Duration) {
        if let Some(count) = self.counts.get(bucket(took)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let total = self.total.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if total >= KEPT {
            self.halve(total);
        }
    }

    #[cold]
    fn halve(&self, total: u64) {
        let won = self
            .total
            .compare_exchange(total, 0, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok();
        if won {
            let mut left = 0_u64;
            for count in &self.counts {
                let half = count.load(Ordering::Relaxed) / 2;
                count.store(half, Ordering::Relaxed);
                left = left.saturating_add(half);
            }
            self.total.fetch_add(left, Ordering::Relaxed);
        }
    }

    /// The time within which this fraction of the runs ended; `None` with too few runs.
    pub(crate) fn quantile(&self, quantile: f64) -> Option<Duration> {
        let counts = self
            .counts
            .each_ref()
            .map(|count| count.load(Ordering::Relaxed));
        let total: u64 = counts
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count));
        if total < LEAST {
            return None;
        }
        let wanted = share(quantile, total);
        let mut seen = 0_u64;
        let at = counts.iter().position(|count| {
            seen = seen.saturating_add(*count);
            seen >= wanted
        });
        Some(upper(at.unwrap_or(BUCKETS)))
    }
}

/// `quantile × total`, at least one. Counts are far below the exact range of a float.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
fn share(quantile: f64, total: u64) -> u64 {
    (quantile.clamp(0.0, 1.0) * total as f64).ceil().max(1.0) as u64
}

/// The bucket of a time: four per doubling of milliseconds.
fn bucket(took: Duration) -> usize {
    let quarters = took.as_micros() / 250;
    let Some(doublings) = quarters.checked_ilog2().and_then(|log| log.checked_sub(2)) else {
        return 0;
    };
    // The two bits below the highest one.
    let part = (quarters >> doublings) & 3;
    let part = u32::try_from(part).unwrap_or_default();
    let bucket = doublings.saturating_mul(PER_DOUBLING).saturating_add(part);
    (bucket as usize).saturating_add(1).min(BUCKETS - 1)
}

/// The longest time in a bucket.
fn upper(bucket: usize) -> Duration {
    let Some(above) = bucket.checked_sub(1) else {
        return Duration::from_millis(1);
    };
    let above = u32::try_from(above).unwrap_or(u32::MAX);
    let (doublings, part) = (above / PER_DOUBLING, above % PER_DOUBLING);
    let quarters = 5_u64.saturating_add(part.into());
    let quarters = quarters.checked_shl(doublings).unwrap_or(u64::MAX);
    Duration::from_micros(quarters.saturating_mul(250))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_ends_at_most_a_quarter_above_each_of_its_times() {
        let mut took = Duration::from_micros(1);
        while took < Duration::from_secs(3_600) {
            let end = upper(bucket(took));
            assert!(took <= end, "{took:?} {end:?}");
            assert!(
                end <= (took * 5 / 4).max(Duration::from_millis(1)) + Duration::from_micros(500),
                "{took:?} {end:?}"
            );
            took = took * 107 / 100 + Duration::from_micros(1);
        }
        assert!(upper(bucket(Duration::MAX)) > Duration::from_secs(3_600));
    }

    #[test]
    fn quantile_reflects_recent_runs() {
        let latency = Latency::new();
        assert_eq!(latency.quantile(0.5), None);
        for ms in 1..=100 {
            latency.record(Duration::from_millis(ms));
        }
        let p95 = latency.quantile(0.95).unwrap_or_default();
        assert!(
            (Duration::from_millis(95)..=Duration::from_millis(119)).contains(&p95),
            "{p95:?}"
        );
        for _ in 0..20_000 {
            latency.record(Duration::from_secs(10));
        }
        assert!(latency.quantile(0.05) >= Some(Duration::from_secs(10)));
    }
}
