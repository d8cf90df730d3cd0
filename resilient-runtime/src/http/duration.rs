//! Parsers of the time formats that servers use.

use std::time::{Duration, SystemTime};

const SECOND: Duration = Duration::from_secs(1);

/// Units in headers and messages.
const UNITS: &[(&[&str], Duration)] = &[
    (&["ns"], Duration::from_nanos(1)),
    (&["us"], Duration::from_micros(1)),
    (
        &["ms", "msec", "millis", "millisecond", "milliseconds"],
        Duration::from_millis(1),
    ),
    (&["s", "sec", "secs", "second", "seconds"], SECOND),
    (
        &["m", "min", "mins", "minute", "minutes"],
        Duration::from_secs(60),
    ),
    (
        &["h", "hr", "hrs", "hour", "hours"],
        Duration::from_secs(3_600),
    ),
    (&["d", "day", "days"], Duration::from_secs(86_400)),
];

/// From this value on, a number of seconds is a date: as a wait it would be 31 years.
const EPOCH_SECONDS: Duration = Duration::from_secs(1_000_000_000);

/// From this value on, it is a date in milliseconds: in seconds it would be the year 33658.
const EPOCH_MILLIS: Duration = Duration::from_secs(1_000_000_000_000);

/// A number of `unit`s: digits with at most one point, optionally surrounded by spaces: `20`,
/// `1.5`, ` 7 `. Anything else (signs, exponents, `inf`, hexadecimal, a comma) is rejected. A too
/// large number saturates, so that it is still recognised as too long a wait.
pub(super) fn number_of(text: &str, unit: Duration) -> Option<Duration> {
    let text = text.trim_matches([' ', '\t']);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || text.len() > 64 {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(number * unit.as_secs_f64()).unwrap_or(Duration::MAX))
}

/// A duration with units and nothing else: `6m0s`, `59.6s`, `20ms`, `1h2m3s`.
pub(super) fn with_units(text: &str) -> Option<Duration> {
    let (duration, rest) = leading(text)?;
    rest.trim().is_empty().then_some(duration)
}

/// The duration with units at the start of `text`.
pub(super) fn at_start(text: &str) -> Option<Duration> {
    leading(text).map(|(duration, _)| duration)
}

/// The wait until a moment in any format: seconds from `now` or since 1970, with units, RFC 3339,
/// HTTP date. `None` for a moment in the past.
pub(super) fn until(text: &str, now: SystemTime) -> Option<Duration> {
    if let Some(number) = number_of(text, SECOND) {
        if number < EPOCH_SECONDS {
            return Some(number);
        }
        let since_1970 = if number < EPOCH_MILLIS {
            number
        } else {
            number.checked_div(1_000)?
        };
        return after(SystemTime::UNIX_EPOCH.checked_add(since_1970)?, now);
    }
    with_units(text)
        .or_else(|| after(rfc3339(text)?, now))
        .or_else(|| http_date(text, now))
}

/// The wait until an HTTP date.
pub(super) fn http_date(text: &str, now: SystemTime) -> Option<Duration> {
    after(httpdate::parse_http_date(text.trim()).ok()?, now)
}

fn after(moment: SystemTime, now: SystemTime) -> Option<Duration> {
    moment.duration_since(now).ok()
}

/// The duration at the start of `text`, and the rest of it.
fn leading(text: &str) -> Option<(Duration, &str)> {
    let (mut total, mut rest) = part(text)?;
    while let Some((more, behind)) = part(rest) {
        total = total.saturating_add(more);
        rest = behind;
    }
    Some((total, rest))
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

/// A moment in the format of [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6), from
/// 1970 on. Fractions of a second are dropped.
fn rfc3339(text: &str) -> Option<SystemTime> {
    let (date, time) = text.trim().split_once(['T', 't', ' '])?;
    let [year, month, day] = numbers(date, '-')?;
    let (time, offset, east) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (
            time.get(..at)?,
            time.get(at..)?.get(1..)?,
            time.get(at..)?.starts_with('+'),
        ),
        None => return None,
    };
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let [hour, minute, second] = numbers(time, ':')?;
    let [offset_hour, offset_minute] = match offset {
        "" => [0, 0],
        offset => numbers(offset, ':')?,
    };
    let valid = (1970..=9_999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60
        && offset_hour < 24
        && offset_minute < 60;
    if !valid {
        return None;
    }
    let seconds = seconds_since_1970(year, month, day, [hour, minute, second]);
    let local = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    let offset = Duration::from_secs(seconds_of([offset_hour, offset_minute, 0]));
    if east {
        local.checked_sub(offset)
    } else {
        local.checked_add(offset)
    }
}

/// Exactly `N` numbers of two or four digits.
fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for number in &mut numbers {
        let part = parts.next()?;
        if !matches!(part.len(), 2 | 4) || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the numbers have at most four digits"
)]
fn seconds_of([hour, minute, second]: [u64; 3]) -> u64 {
    hour * 3_600 + minute * 60 + second
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the year is at least 1970, and the numbers have at most four digits"
)]
fn seconds_since_1970(year: u64, month: u64, day: u64, time: [u64; 3]) -> u64 {
    // Years that begin in March have the leap day at their end, and 153 days in each five months.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (153 * month + 2) / 5 + day - 1;
    // 1970-01-01 in days since 0000-03-01.
    (days - 719_468) * 86_400 + seconds_of(time)
}

#[cfg(test)]
#[path = "duration_test.rs"]
mod tests;
