//! Numbers and times in few letters.

use resilient_runtime::Rate;
use std::time::Duration;

/// A time with two digits, such as `42ms` or `1.2s`.
pub(crate) fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 99.95 {
        format!("{seconds:.0}s")
    } else if seconds >= 0.9995 {
        format!("{seconds:.1}s")
    } else if seconds >= 0.001 {
        format!("{:.0}ms", seconds * 1_000.0)
    } else {
        "<1ms".to_owned()
    }
}

/// The time since the start, such as `1:07`.
pub(crate) fn clock(time: Duration) -> String {
    let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
    format!("{minutes}:{seconds:02}")
}

/// A number with at most four digits, such as `950`, `12k` or `1.2M`.
pub(crate) fn number(number: f64) -> String {
    let size = number.abs();
    if size >= 1e6 {
        format!("{:.1}M", number / 1e6)
    } else if size >= 1e4 {
        format!("{:.0}k", number / 1e3)
    } else {
        format!("{number:.0}")
    }
}

/// A limit, such as `200k/min`.
pub(crate) fn rate(rate: Rate) -> String {
    let text = rate.to_string();
    let amount = text.split_once('/').and_then(|(amount, period)| {
        let amount = number(amount.parse().ok()?);
        Some(format!("{amount}/{period}"))
    });
    amount.unwrap_or(text)
}

/// A share in per cent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// The share of a bar of this width that is full.
pub(crate) fn bar(part: f64, whole: f64, width: usize) -> String {
    let share = if whole > 0.0 { part / whole } else { 0.0 };
    let full = (0..width).filter(|cell| {
        let (cell, width) = (small(*cell), small(width));
        share * width > cell + 0.499
    });
    let full = full.count();
    format!(
        "{}{}",
        "█".repeat(full),
        "░".repeat(width.saturating_sub(full))
    )
}

fn small(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// Counts as a row of bars, the last one at its right end.
pub(crate) fn spark(counts: &[u64], width: usize) -> String {
    const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let shown = counts.get(counts.len().saturating_sub(width)..);
    let shown = shown.unwrap_or_default();
    let most = shown.iter().copied().max().unwrap_or_default().max(1);
    let level = |count: &u64| {
        let level = count.saturating_mul(8).div_ceil(most);
        let level = usize::try_from(level).unwrap_or_default();
        LEVELS.get(level).copied().unwrap_or('█')
    };
    let bars: String = shown.iter().map(level).collect();
    format!("{bars:>width$}")
}

#[cfg(test)]
mod tests {
    use super::{bar, clock, number, rate, spark, time};
    use resilient_runtime::Rate;
    use std::time::Duration;

    #[test]
    fn times_and_numbers_are_short() {
        let times = [900, 42_400, 999_600, 1_250_000, 120_000_000].map(Duration::from_micros);
        assert_eq!(
            times.map(time),
            ["<1ms", "42ms", "1.0s", "1.2s", "120s"].map(str::to_owned)
        );
        assert_eq!(clock(Duration::from_secs(67)), "1:07");
        assert_eq!(
            [-5.0, 9_999.0, 198_400.0, 2_340_000.0].map(number),
            ["-5", "9999", "198k", "2.3M"].map(str::to_owned)
        );
    }

    #[test]
    fn limits_are_short() {
        assert_eq!(rate(Rate::per_minute(166_268)), "166k/min");
        assert_eq!(rate(Rate::per_second(8)), "8/s");
        assert_eq!(rate(Rate::new(3, Duration::from_secs(10))), "3/10s");
    }

    #[test]
    fn bars_and_sparks_have_their_width() {
        assert_eq!(bar(5.0, 8.0, 4), "███░");
        assert_eq!(bar(-3.0, 8.0, 4), "░░░░");
        assert_eq!(bar(9.0, 8.0, 4), "████");
        assert_eq!(bar(0.0, 0.0, 4), "░░░░");
        assert_eq!(spark(&[9, 0, 1, 4, 8], 4), " ▁▄█");
        assert_eq!(spark(&[2], 4), "   █");
        assert_eq!(spark(&[], 3), "   ");
    }
}
