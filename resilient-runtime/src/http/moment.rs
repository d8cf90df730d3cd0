//! Dates in the formats that servers use, read leniently: ISO 8601, HTTP, mail, and plain English.

mod zone;

use std::time::{Duration, SystemTime};
use zone::{is_unknown_zone, zone};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The bytes of a date that are examined.
const LONGEST: usize = 64;

/// The parts of a date that were read so far.
#[derive(Default)]
struct Parts {
    year: Option<u64>,
    month: Option<u64>,
    day: Option<u64>,
    time: Option<[u64; 3]>,
    /// Seconds, and whether they are east of Greenwich.
    offset: Option<(u64, bool)>,
    afternoon: Option<bool>,
    /// Whether the next word may be the zone of the time.
    expects_zone: bool,
    /// Whether the time is in a zone whose offset is not known.
    in_unknown_zone: bool,
}

/// The date at the start of `text`. A missing zone means UTC, a missing time midnight; weekdays and
/// fractions of a second are ignored. A date in a zone whose offset is not known is none.
pub(super) fn date(text: &str) -> Option<SystemTime> {
    let text = text.trim_start_matches([' ', '\t', '"', '\'', ':']);
    let end = text
        .char_indices()
        .find(|(at, c)| *at >= LONGEST || !c.is_ascii())
        .map_or(text.len(), |(at, _)| at);
    let mut parts = Parts::default();
    let mut unknown = 0_u8;
    let words = text
        .get(..end)?
        .split([' ', '\t', ',', '"', '\'', '(', ')', ';'])
        .filter(|word| !word.is_empty());
    for word in words {
        if !parts.add(word) {
            unknown = unknown.saturating_add(1);
            if unknown > 1 {
                break;
            }
        }
    }
    parts.moment()
}

impl Parts {
    /// Whether the word is a part of a date.
    fn add(&mut self, word: &str) -> bool {
        let given = word.trim_end_matches('.');
        let lower = given.to_ascii_lowercase();
        let word = lower.as_str();
        let may_be_zone = std::mem::take(&mut self.expects_zone);
        if self.time.is_none() && word.contains(':') {
            return self.date_and_time(word).is_some();
        }
        if let Some(month) = month(word) {
            return set(&mut self.month, month);
        }
        match word {
            "at" | "on" | "of" | "the" | "t" => return true,
            "am" | "a.m" | "pm" | "p.m" => {
                self.expects_zone = may_be_zone;
                return set(&mut self.afternoon, word.starts_with('p'));
            }
            _ => {}
        }
        if let Some(zone) = zone(word).filter(|_| self.time.is_some()) {
            return set(&mut self.offset, zone);
        }
        if word.contains(['-', '/']) {
            return self.day_of(word).is_some();
        }
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        match (digits.len(), digits.parse()) {
            (1 | 2, Ok(day)) if self.day.is_none() => set(&mut self.day, day),
            (4, Ok(year)) => set(&mut self.year, year),
            _ if may_be_zone && is_unknown_zone(given, word) => {
                self.in_unknown_zone = true;
                true
            }
            _ => WEEKDAYS.iter().any(|day| word.starts_with(day)),
        }
    }

    /// `2026-05-15`, `06-Nov-94`.
    fn day_of(&mut self, word: &str) -> Option<()> {
        let mut steps = word.split(['-', '/']);
        let (first, second, third) = (steps.next()?, steps.next()?, steps.next()?);
        let (year, day) = if first.len() == 4 {
            (first, third)
        } else {
            (third, first)
        };
        let number: u64 = year.parse().ok()?;
        self.year = Some(match (year.len(), number) {
            (4, year) => year,
            (2, year @ 0..70) => year.checked_add(2_000)?,
            (2, year) => year.checked_add(1_900)?,
            _ => return None,
        });
        self.month = match month(second) {
            Some(month) => Some(month),
            None if first.len() == 4 => second.parse().ok(),
            None => None,
        };
        self.day = day.parse().ok();
        steps.next().is_none().then_some(())
    }

    /// `08:49:37`, `2026-05-15T12:01Z`, `12:01:00.5+0200`, `5:14pm`.
    fn date_and_time(&mut self, word: &str) -> Option<()> {
        let word = match word.split_once('t') {
            // The letter is no part of a zone, as in `12:01CEST`.
            Some((date, time))
                if date.starts_with(|c: char| c.is_ascii_digit()) && !date.contains(':') =>
            {
                self.day_of(date)?;
                time
            }
            _ => word,
        };
        let end = word.find(|c: char| !c.is_ascii_digit() && c != ':');
        let (time, rest) = word.split_at_checked(end.unwrap_or(word.len()))?;
        let mut steps = time.split(':').map(|step| step.parse::<u64>().ok());
        let (hour, minute) = (steps.next()??, steps.next()??);
        let second = steps.next().unwrap_or(Some(0))?;
        self.time = Some([hour, minute, second]);
        let rest = match rest.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        // As in `+02:00[Europe/Paris]`.
        let rest = rest.split('[').next().unwrap_or_default();
        match rest {
            "" => self.expects_zone = true,
            "am" | "a.m" | "pm" | "p.m" => {
                self.afternoon = Some(rest.starts_with('p'));
                self.expects_zone = true;
            }
            rest => {
                self.offset = zone(rest);
                let is_zone = rest.starts_with(|c: char| c.is_ascii_alphabetic());
                self.in_unknown_zone = self.offset.is_none() && is_zone;
            }
        }
        Some(())
    }

    fn moment(self) -> Option<SystemTime> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        let [mut hour, minute, second] = self.time.unwrap_or_default();
        if let Some(afternoon) = self.afternoon {
            hour = hour.checked_rem(12)?;
            hour = hour.checked_add(if afternoon { 12 } else { 0 })?;
        }
        let valid = (1970..=9_999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60
            && !self.in_unknown_zone;
        if !valid {
            return None;
        }
        let seconds = seconds_since_1970(year, month, day, [hour, minute, second]);
        let local = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        let (offset, east) = self.offset.unwrap_or_default();
        let offset = Duration::from_secs(offset);
        if east {
            local.checked_sub(offset)
        } else {
            local.checked_add(offset)
        }
    }
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn set<T>(place: &mut Option<T>, value: T) -> bool {
    let is_new = place.is_none();
    *place = Some(value);
    is_new
}

fn month(word: &str) -> Option<u64> {
    if word.len() > 9 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let at = MONTHS.iter().position(|month| {
        word.get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case(month))
    })?;
    u64::try_from(at).ok()?.checked_add(1)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the caller has checked that the numbers are those of a time"
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
#[path = "moment_test.rs"]
mod tests;
