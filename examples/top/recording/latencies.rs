//! Quantiles of the latency, in bounded memory.

use super::totals::add;
use std::collections::BTreeMap;

/// Numbers of calls by their time, which is rounded up to five significant bits: there are at most
/// a thousand.
#[derive(Clone, Debug, Default)]
pub(super) struct Latencies(BTreeMap<u64, u64>);

impl Latencies {
    pub(super) fn record(&mut self, micros: u64) {
        let bits = u64::BITS.saturating_sub(micros.leading_zeros());
        let rest = 1_u64.checked_shl(bits.saturating_sub(5)).unwrap_or(1);
        let rounded = micros | rest.saturating_sub(1);
        add(self.0.entry(rounded).or_default());
    }

    /// The times within which so many of 100 calls have ended.
    pub(super) fn quantiles<const N: usize>(&self, of_100: [u64; N]) -> Option<[u64; N]> {
        let total: u64 = self.0.values().sum();
        (total > 0).then(|| of_100.map(|part| self.quantile(part, total)))
    }

    fn quantile(&self, of_100: u64, total: u64) -> u64 {
        let wanted = total.saturating_mul(of_100).div_ceil(100);
        let mut seen = 0_u64;
        let mut times = self.0.iter();
        let found = times.find(|(_, count)| {
            seen = seen.saturating_add(**count);
            seen >= wanted
        });
        found.map_or(0, |(time, _)| *time)
    }
}

#[cfg(test)]
mod tests {
    use super::Latencies;

    #[test]
    fn quantiles_are_at_most_a_sixteenth_above_the_time() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.quantiles([50]), None);
        for ms in 1..=1_000 {
            latencies.record(ms * 1_000);
        }
        let quantiles = latencies.quantiles([50, 90, 99, 100]);
        let exact = [500_000, 900_000, 990_000, 1_000_000];
        for (found, exact) in quantiles.into_iter().flatten().zip(exact) {
            assert!(
                (exact..=exact + exact / 16).contains(&found),
                "{found} {exact}"
            );
        }
        // Values at the edges of the range do not overflow.
        latencies.record(0);
        latencies.record(u64::MAX);
        assert_eq!(latencies.quantiles([100]), Some([u64::MAX]));
        assert!(latencies.0.len() < 1_000);
    }
}
