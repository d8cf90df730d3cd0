//! The windows of caps: hours, days, weeks and months of the calendar, in UTC or at an offset.

use crate::ConfigError;
use std::fmt;

/// The length of a window of a [`Cap`](super::Cap). Windows are those of the calendar: a day begins
/// at midnight, a week on Monday, a month on its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CapPeriod {
    /// From a full hour to the next one.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
}

impl CapPeriod {
    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl fmt::Display for CapPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A fixed offset from UTC, east of Greenwich if positive: at most 14 hours. There is no daylight
/// saving time. Its `Display` is `+02:00`, or `UTC`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UtcOffset {
    minutes: i16,
}

impl UtcOffset {
    /// No offset.
    pub const UTC: Self = Self { minutes: 0 };

    /// # Errors
    /// More than 14 hours.
    pub const fn minutes(minutes: i16) -> Result<Self, ConfigError> {
        if minutes < -14 * 60 || minutes > 14 * 60 {
            return Err(ConfigError::new(
                "cap",
                "cap: an offset from UTC is at most 14 hours",
            ));
        }
        Ok(Self { minutes })
    }

    pub(super) const fn is(self, other: Self) -> bool {
        self.minutes == other.minutes
    }

    fn seconds(self) -> i64 {
        i64::from(self.minutes).saturating_mul(60)
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes == 0 {
            return f.pad("UTC");
        }
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        f.pad(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
    }
}

/// A window, in seconds since 1970. Its end is the start of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// The latest second: the end of the year 9999. Later ones count as this one.
const LATEST: i64 = 253_402_300_799;

impl Window {
    /// The window around a second since 1970.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the numbers are those of years up to 9999"
    )]
    pub(crate) fn around(now: i64, period: CapPeriod, offset: UtcOffset) -> Self {
        let offset = offset.seconds();
        let local = now.clamp(0, LATEST) + offset;
        let (start, end) = match period {
            CapPeriod::Hour => {
                let start = local.div_euclid(HOUR) * HOUR;
                (start, start + HOUR)
            }
            CapPeriod::Day => {
                let start = local.div_euclid(DAY) * DAY;
                (start, start + DAY)
            }
            CapPeriod::Week => {
                // The first day of 1970 is a Thursday.
                let day = local.div_euclid(DAY);
                let monday = day - (day + 3).rem_euclid(7);
                (monday * DAY, (monday + 7) * DAY)
            }
            CapPeriod::Month => {
                let (year, month, _) = date(local.div_euclid(DAY));
                let (next_year, next) = if month == 12 {
                    (year + 1, 1)
                } else {
                    (year, month + 1)
                };
                (day_of(year, month) * DAY, day_of(next_year, next) * DAY)
            }
        };
        Self {
            start: start - offset,
            end: end - offset,
        }
    }
}

/// Year, month and day of a day since 1970.
///
/// Years begin in March, so that the leap day is their last; an era has 400 years.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the numbers are those of years up to 9999"
)]
const fn date(day: i64) -> (i64, i64, i64) {
    let since_march = day + 719_468;
    let era = since_march.div_euclid(146_097);
    let day_of_era = since_march.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// The first day of a month, since 1970.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the numbers are those of years up to 9999"
)]
const fn day_of(year: i64, month: i64) -> i64 {
    let (year, from_march) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * from_march + 2) / 5 - 719_468
}

/// A second since 1970 in words, at an offset: `2026-11-30 00:00 +02:00`.
pub(crate) fn written(second: i64, offset: UtcOffset) -> String {
    let local = second.clamp(0, LATEST).saturating_add(offset.seconds());
    let (year, month, day) = date(local.div_euclid(DAY));
    let minute = local.rem_euclid(DAY) / 60;
    let (hour, minute) = (minute / 60, minute % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} {offset}")
}

#[cfg(test)]
#[path = "period_test.rs"]
mod tests;
