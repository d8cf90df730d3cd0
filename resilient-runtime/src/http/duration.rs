//! Parsers of the time formats that servers use.

use crate::http::moment::date;
use std::time::{Duration, SystemTime};

pub(super) const SECOND: Duration = Duration::from_secs(1);

/// Units in headers and messages, the most frequent first.
const UNITS: &[(&[&str], Duration)] = &[
    (&["s", "sec", "secs", "second", "seconds"], SECOND),
    (
        &["ms", "msec", "millis", "millisecond", "milliseconds"],
        Duration::from_millis(1),
    ),
    (
        &["m", "min", "mins", "minute", "minutes"],
        Duration::from_secs(60),
    ),
    (
        &["h", "hr", "hrs", "hour", "hours"],
        Duration::from_secs(3_600),
    ),
    (&["d", "day", "days"], Duration::from_secs(86_400)),
    (&["w", "week", "weeks"], Duration::from_secs(604_800)),
    (&["us"], Duration::from_micros(1)),
    (&["ns"], Duration::from_nanos(1)),
];

/// From this value on, a number of seconds is a date: as a wait it would be 31 years.
const EPOCH_SECONDS: Duration = Duration::from_secs(1_000_000_000);

/// From this value on, it is a date in milliseconds: in seconds it would be the year 33658.
const EPOCH_MILLIS: Duration = Duration::from_secs(1_000_000_000_000);

/// From this value on, it is no date.
const EPOCH_END: Duration = Duration::from_secs(1_000_000_000_000_000);

/// A number of `unit`s: digits with at most one point, optionally surrounded by spaces: `20`,
/// `1.5`, ` 7 `. Anything else (signs, exponents, `inf`, hexadecimal, a comma) is rejected. A too
/// large number saturates, so that it is still recognised as too long a wait.
pub(super) fn number_of(text: &str, unit: Duration) -> Option<Duration> {
    let text = text.trim_ascii();
    let (mut number, mut scale) = (0_u64, 0_u64);
    let mut last = b'.';
    if text.len() > 64 {
        return None;
    }
    for byte in text.bytes() {
        last = match byte {
            b'0'..=b'9' => {
                // Digits that a nanosecond does not show are dropped.
                if scale < NANOS {
                    let digit = u64::from(byte & 15);
                    number = number.saturating_mul(10).saturating_add(digit);
                    scale = scale.saturating_mul(10);
                }
                byte
            }
            b'.' if scale == 0 && last != b'.' => {
                scale = 1;
                byte
            }
            _ => return None,
        };
    }
    if last == b'.' {
        return None;
    }
    // Nearly all are whole and small.
    match u32::try_from(number) {
        Ok(number) if scale == 0 => return unit.checked_mul(number),
        _ => {}
    }
    let nanos = u128::from(number).saturating_mul(unit.as_nanos());
    let nanos = nanos.checked_div(u128::from(scale.max(1)))?;
    let seconds = u64::try_from(nanos.checked_div(NANOS.into())?);
    let rest = u32::try_from(nanos.checked_rem(NANOS.into())?);
    Some(match (seconds, rest) {
        // All digits saturate at this number.
        (Ok(seconds), Ok(rest)) if number < u64::MAX => Duration::new(seconds, rest),
        _ => Duration::MAX,
    })
}

/// The nanoseconds of a second.
const NANOS: u64 = 1_000_000_000;

/// A duration with units and nothing else: `6m0s`, `59.6s`, `20ms`, `1h2m3s`.
pub(super) fn with_units(text: &str) -> Option<Duration> {
    let (duration, rest) = leading(text)?;
    rest.trim().is_empty().then_some(duration)
}

/// The duration with units at the start of `text`.
pub(super) fn at_start(text: &str) -> Option<Duration> {
    leading(text).map(|(duration, _)| duration)
}

/// The wait that any text names: a number of `unit`s, seconds or milliseconds since 1970, a
/// duration, or a date. `now` is the server's time. A wait of zero, a past moment and a negative
/// number are no wait. Quotes, a plus sign and parameters behind a semicolon are ignored; of a list
/// the longest wait counts.
pub(super) fn wait_of(text: &str, unit: Duration, now: SystemTime) -> Option<Duration> {
    one(text, unit, now)
        .or_else(|| {
            let parts = text.split(',').take(8);
            parts.filter_map(|part| one(part, unit, now)).max()
        })
        .filter(|wait| !wait.is_zero())
}

fn one(text: &str, unit: Duration, now: SystemTime) -> Option<Duration> {
    let mut text = text;
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        text = text.split_once(';').map_or(text, |(value, _)| value);
        text = text.trim_matches([' ', '\t', '"', '\'']);
        text = text.strip_prefix('+').unwrap_or(text);
    }
    // Ten digits may be a date.
    if text.len() < 10 {
        if let Some(wait) = number_of(text, unit) {
            return Some(wait);
        }
    }
    if let Some(number) = number_of(text, SECOND) {
        if number < EPOCH_SECONDS {
            return number_of(text, unit);
        }
        let since_1970 = if number < EPOCH_MILLIS {
            number
        } else {
            number.checked_div(1_000)?
        };
        // A number too large for a date is a wait without end.
        return match SystemTime::UNIX_EPOCH.checked_add(since_1970) {
            Some(moment) if number < EPOCH_END => after(moment, now),
            _ => Some(number),
        };
    }
    // A duration or a date starts with a letter or a digit, and contains a digit.
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    with_units(text).or_else(|| after(date(text)?, now))
}

fn after(moment: SystemTime, now: SystemTime) -> Option<Duration> {
    moment.duration_since(now).ok()
}

/// The duration at the start of `text`, and the rest of it.
fn leading(text: &str) -> Option<(Duration, &str)> {
    let (mut total, mut rest) = part(text)?;
    while let Some((more, behind)) = part(after_and(rest)) {
        total = total.saturating_add(more);
        rest = behind;
    }
    Some((total, rest))
}

/// The text behind a comma and "and".
fn after_and(text: &str) -> &str {
    let rest = text.trim_start_matches([' ', ',']);
    rest.strip_prefix("and ").unwrap_or(rest)
}

/// A number with its unit.
fn part(text: &str) -> Option<(Duration, &str)> {
    let text = text.trim_start_matches(' ');
    let (number, text) = split(text, |c| c.is_ascii_digit() || c == '.');
    let (name, rest) = split(text.trim_start_matches(' '), |c| c.is_ascii_alphabetic());
    let is_named = |names: &&[&str]| names.iter().any(|unit| unit.eq_ignore_ascii_case(name));
    let (_, unit) = UNITS.iter().find(|(names, _)| is_named(names))?;
    Some((number_of(number, *unit)?, rest))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
#[path = "duration_test.rs"]
mod tests;
