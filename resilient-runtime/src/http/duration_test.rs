//! The time formats that are accepted, and those that are not.

use super::*;

#[test]
fn f32_only_plain_numbers_are_waits() {
    for (text, seconds) in [
        ("20", 20.0),
        ("1.5", 1.5),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("007", 7.0),
    ] {
        assert_eq!(
            number_of(text, SECOND),
            Some(Duration::from_secs_f64(seconds)),
            "{text}"
        );
    }
    let long = "9".repeat(10_000);
    for text in [
        "", " ", ".", "5.", ".5", "inf", "Infinity", "nan", "1e400", "-1", "+5", "0x10", "5,5",
        "5.5.5", "5 5", "\u{0665}", "soon", "-10", &long,
    ] {
        assert_eq!(number_of(text, SECOND), None, "{text}");
    }
    assert_eq!(
        number_of("18446744073709551616", SECOND),
        Some(Duration::MAX)
    );
    assert_eq!(
        number_of("561", Duration::from_millis(1)),
        Some(Duration::from_millis(561))
    );
}

#[test]
fn durations_with_units_are_parsed_completely_or_rejected() {
    for (text, millis) in [
        ("6m0s", 360_000),
        ("59.6s", 59_600),
        ("20ms", 20),
        ("1h2m3s", 3_723_000),
        ("2m59.56s", 179_560),
        ("1 day", 86_400_000),
        ("0s", 0),
    ] {
        let found = with_units(text);
        assert_eq!(found, Some(Duration::from_millis(millis)), "{text}");
    }
    for text in [
        "", "6", "s", "6x", "6m-1s", "6m0", "6m0s!", "-1s", "1e3s", "NaNs",
    ] {
        assert_eq!(with_units(text), None, "{text}");
    }
}

#[test]
fn rfc3339_agrees_with_http_dates() {
    for (text, date) in [
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT"),
        ("2026-03-01T00:00:00.123Z", "Sun, 01 Mar 2026 00:00:00 GMT"),
        ("2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
        ("2024-12-31T23:30:00-01:00", "Wed, 01 Jan 2025 00:30:00 GMT"),
        ("2025-01-01T01:30:00+02:00", "Tue, 31 Dec 2024 23:30:00 GMT"),
    ] {
        let expected = httpdate::parse_http_date(date).ok();
        assert_eq!(rfc3339(text), expected, "{text}");
    }
    for text in [
        "",
        "T",
        "2026-01-01",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "1969-01-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00Z",
        "26-1-1T0:0:0Z",
    ] {
        assert_eq!(rfc3339(text), None, "{text}");
    }
}

#[test]
fn until_parses_every_format() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    for text in [
        "30",
        "30s",
        "0m30s",
        "1767225630",
        "1767225630000",
        "2026-01-01T00:00:30Z",
        "Thu, 01 Jan 2026 00:00:30 GMT",
    ] {
        assert_eq!(until(text, now), Some(Duration::from_secs(30)), "{text}");
    }
    for text in [
        "-1",
        "1767225570",
        "1767225570000",
        "2025-12-31T23:59:30Z",
        "soon",
        "",
    ] {
        assert_eq!(until(text, now), None, "{text}");
    }
    // A date beyond the range of the system clock is rejected.
    let _ = until("99999999999999999999", now);
}
