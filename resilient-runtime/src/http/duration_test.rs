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
fn every_form_of_a_wait_is_read() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    for text in [
        "30",
        "+30",
        "\"30\"",
        "30s",
        "0m30s",
        "30 seconds",
        "30, 30",
        "0, 30",
        "30;w=21600",
        "1767225630",
        "1767225630000",
        "2026-01-01T00:00:30Z",
        "2026-01-01T00:00:30+0000",
        "Thu, 01 Jan 2026 00:00:30 GMT",
        "thu, 01 jan 2026 00:00:30 utc",
        "01 Jan 2026 00:00:30 -0000",
        "Wed, 31 Dec 2025 20:00:30 EDT",
    ] {
        let found = wait_of(text, SECOND, now);
        assert_eq!(found, Some(Duration::from_secs(30)), "{text}");
    }
    for text in [
        "-1",
        "-30",
        "0",
        "0.0",
        "0s",
        "0, 0",
        "1767225570",
        "1767225570000",
        "2025-12-31T23:59:30Z",
        "soon",
        "inf",
        "",
    ] {
        assert_eq!(wait_of(text, SECOND, now), None, "{text}");
    }
    // A date beyond the range of the system clock is a wait that nobody has.
    assert!(wait_of("99999999999999999999", SECOND, now) > Some(Duration::from_secs(86_400)));
    let millis = Duration::from_millis(1);
    assert_eq!(
        wait_of("561", millis, now),
        Some(Duration::from_millis(561))
    );
    assert_eq!(
        wait_of("1767225630000", millis, now),
        Some(Duration::from_secs(30))
    );
}
