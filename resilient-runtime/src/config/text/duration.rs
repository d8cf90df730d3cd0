//! Durations as text: parses `"1.5s"` into a `Duration`, or explains the mistake.

use std::time::Duration;

const NANOS_PER_SEC: u128 = 1_000_000_000;

/// The units and their lengths in nanoseconds.
const UNITS: &[(&str, u128)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", NANOS_PER_SEC),
    ("min", 60 * NANOS_PER_SEC),
    ("m", 60 * NANOS_PER_SEC),
    ("h", 3_600 * NANOS_PER_SEC),
    ("d", 86_400 * NANOS_PER_SEC),
];

/// Other names for the units, answered with the name above.
const NICKNAMES: &[(&str, &[&str])] = &[
    ("ns", &["nsec", "nanos", "nanosecond", "nanoseconds"]),
    (
        "us",
        &["µs", "μs", "usec", "micros", "microsecond", "microseconds"],
    ),
    (
        "ms",
        &[
            "msec",
            "msecs",
            "milli",
            "millis",
            "millisecond",
            "milliseconds",
        ],
    ),
    ("s", &["sec", "secs", "second", "seconds"]),
    ("m", &["mins", "minute", "minutes"]),
    ("h", &["hr", "hrs", "hour", "hours"]),
    ("d", &["day", "days"]),
];

const FORM: &str = "a duration is one number and one unit (ns, us, ms, s, m or min, h, d), as in \"250ms\" or \"1.5s\"";

/// Reads a number with a unit, such as `250ms`, `1.5s` or `2m`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let trimmed = text.trim();
    if trimmed.starts_with('-') {
        return Err(format!("a duration cannot be negative; {FORM}"));
    }
    let number_ends = trimmed
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(number_ends);
    let unit = unit.trim_start();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(format!("\"{text}\" is not a duration: {FORM}"));
    }
    let nanos = nanos_per(number, unit)?;
    let too_long = || format!("\"{text}\" is longer than a `Duration` can be");
    let too_fine = || format!("\"{text}\" is finer than a nanosecond");
    let whole: u128 = whole.parse().map_err(|_| too_long())?;
    let total = whole.checked_mul(nanos).ok_or_else(too_long)?;
    let total = total
        .checked_add(fraction_of(nanos, fraction).ok_or_else(too_fine)?)
        .ok_or_else(too_long)?;
    let secs = u64::try_from(total.div_euclid(NANOS_PER_SEC)).map_err(|_| too_long())?;
    let rest = u32::try_from(total.rem_euclid(NANOS_PER_SEC)).map_err(|_| too_long())?;
    Ok(Duration::new(secs, rest))
}

fn nanos_per(number: &str, unit: &str) -> Result<u128, String> {
    if let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*nanos);
    }
    if unit.is_empty() {
        return Err(format!(
            "\"{number}\" has no unit: write \"{number}s\" for seconds, or another of ns, us, \
                ms, m, h, d"
        ));
    }
    let lower = unit.to_lowercase();
    let meant = NICKNAMES
        .iter()
        .find(|(name, others)| *name == lower || others.contains(&lower.as_str()));
    Err(match meant {
        Some((name, _)) => format!("unknown unit `{unit}`: write \"{number}{name}\""),
        None if unit.contains(|c: char| c.is_ascii_digit()) => {
            format!(
                "\"{number}{unit}\" is not a duration: {FORM}; for a mixed duration use the smaller \
                    unit, \"90m\" for an hour and a half"
            )
        }
        None => format!("unknown unit `{unit}`: {FORM}"),
    })
}

/// The part after the point in nanoseconds; `None` if it is not a whole number of them.
fn fraction_of(nanos: u128, fraction: &str) -> Option<u128> {
    let digits = fraction.trim_end_matches('0');
    let scale = 10_u128.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let numerator = match digits {
        "" => 0,
        digits => digits.parse::<u128>().ok()?.checked_mul(nanos)?,
    };
    (numerator.checked_rem(scale)? == 0).then(|| numerator.checked_div(scale))?
}

/// Formats a duration for [`parse`], as a whole number of the largest possible unit.
pub(crate) fn written(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let (number, unit) = UNITS
        .iter()
        .rev()
        .filter(|(name, _)| !["d", "min"].contains(name))
        .filter_map(|(name, length)| {
            Some((
                nanos.checked_div(*length)?,
                nanos.checked_rem(*length)?,
                name,
            ))
        })
        .find(|(number, rest, _)| *number > 0 && *rest == 0)
        .map_or((0, "s"), |(number, _, name)| (number, *name));
    format!("{number}{unit}")
}
