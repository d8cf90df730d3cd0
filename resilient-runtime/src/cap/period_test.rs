#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use super::*;

/// 2026-11-29 08:21:22 UTC, a Sunday.
const NOW: i64 = 1_795_940_482;

fn offset(minutes: i16) -> UtcOffset {
    UtcOffset::minutes(minutes).unwrap()
}

fn around(now: i64, period: CapPeriod, minutes: i16) -> (String, String) {
    let offset = offset(minutes);
    let window = Window::around(now, period, offset);
    assert!(window.start <= now && now < window.end, "{window:?}");
    (written(window.start, offset), written(window.end, offset))
}

#[test]
fn windows_are_those_of_the_calendar_at_the_offset() {
    for (period, minutes, start, end) in [
        (
            CapPeriod::Hour,
            0,
            "2026-11-29 08:00 UTC",
            "2026-11-29 09:00 UTC",
        ),
        (
            CapPeriod::Hour,
            330,
            "2026-11-29 13:00 +05:30",
            "2026-11-29 14:00 +05:30",
        ),
        (
            CapPeriod::Day,
            0,
            "2026-11-29 00:00 UTC",
            "2026-11-30 00:00 UTC",
        ),
        (
            CapPeriod::Day,
            -540,
            "2026-11-28 00:00 -09:00",
            "2026-11-29 00:00 -09:00",
        ),
        (
            CapPeriod::Week,
            0,
            "2026-11-23 00:00 UTC",
            "2026-11-30 00:00 UTC",
        ),
        (
            CapPeriod::Week,
            840,
            "2026-11-23 00:00 +14:00",
            "2026-11-30 00:00 +14:00",
        ),
        (
            CapPeriod::Month,
            0,
            "2026-11-01 00:00 UTC",
            "2026-12-01 00:00 UTC",
        ),
        (
            CapPeriod::Month,
            120,
            "2026-11-01 00:00 +02:00",
            "2026-12-01 00:00 +02:00",
        ),
    ] {
        let found = around(NOW, period, minutes);
        assert_eq!(
            found,
            (start.to_owned(), end.to_owned()),
            "{period} {minutes}"
        );
    }
}

#[test]
fn months_are_those_of_a_calendar_that_is_counted_day_by_day() {
    let (mut day, mut year) = (0, 1970);
    while year < 2_405 {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let february = if is_leap { 29 } else { 28 };
        for (month, days) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            .into_iter()
            .enumerate()
        {
            let month = i64::try_from(month).unwrap() + 1;
            assert_eq!(day_of(year, month), day);
            assert_eq!(date(day), (year, month, 1));
            assert_eq!(date(day + days - 1), (year, month, days));
            let of_last = Window::around((day + days) * DAY - 1, CapPeriod::Month, offset(0));
            assert_eq!(
                (of_last.start, of_last.end),
                (day * DAY, (day + days) * DAY)
            );
            day += days;
        }
        year += 1;
    }
}

#[test]
fn windows_follow_each_other_without_a_gap() {
    for period in [
        CapPeriod::Hour,
        CapPeriod::Day,
        CapPeriod::Week,
        CapPeriod::Month,
    ] {
        for minutes in [0, 120, -210, 330, 345, 840, -720] {
            let mut now = NOW;
            for _ in 0..100 {
                let window = Window::around(now, period, offset(minutes));
                let next = Window::around(window.end, period, offset(minutes));
                assert_eq!(next.start, window.end);
                assert_eq!(
                    Window::around(window.end - 1, period, offset(minutes)),
                    window
                );
                now = window.end;
            }
        }
    }
}

#[test]
fn times_before_1970_and_after_9999_have_a_window() {
    for now in [i64::MIN, -1, i64::MAX] {
        let window = Window::around(now, CapPeriod::Month, offset(-840));
        assert!(window.start < window.end);
        assert!(!written(now, offset(840)).is_empty());
    }
    assert!(UtcOffset::minutes(841).is_err() && UtcOffset::minutes(-841).is_err());
}
