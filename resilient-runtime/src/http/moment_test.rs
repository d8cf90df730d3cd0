//! The formats of dates that are accepted, and those that are not.

use super::*;

#[test]
fn dates_agree_with_http_dates() {
    for (text, expected) in [
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT"),
        ("2026-03-01T00:00:00.123Z", "Sun, 01 Mar 2026 00:00:00 GMT"),
        ("2100-03-01T00:00:00Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
        ("2024-12-31T23:30:00-01:00", "Wed, 01 Jan 2025 00:30:00 GMT"),
        ("2025-01-01T01:30:00+02:00", "Tue, 31 Dec 2024 23:30:00 GMT"),
        // Without seconds, zone, time or the separator; with another separator of the zone.
        ("2026-05-15T12:01Z", "Fri, 15 May 2026 12:01:00 GMT"),
        ("2026-05-15t12:01:30", "Fri, 15 May 2026 12:01:30 GMT"),
        ("2026-05-15 12:01:30 +0200", "Fri, 15 May 2026 10:01:30 GMT"),
        ("2026-05-15 at 00:00 UTC.", "Fri, 15 May 2026 00:00:00 GMT"),
        ("2026-05-15", "Fri, 15 May 2026 00:00:00 GMT"),
        // No, a wrong or a lower weekday, and the zones of RFC 2822.
        ("15 May 2026 12:01:30 GMT", "Fri, 15 May 2026 12:01:30 GMT"),
        (
            "Mon, 15 May 2026 12:01:30 -0000",
            "Fri, 15 May 2026 12:01:30 GMT",
        ),
        (
            "fri, 15 may 2026 12:01:30 gmt",
            "Fri, 15 May 2026 12:01:30 GMT",
        ),
        (
            "Fri, 15 May 2026 12:01:30 EDT",
            "Fri, 15 May 2026 16:01:30 GMT",
        ),
        ("Fri, 15 May 2026 12:01:30", "Fri, 15 May 2026 12:01:30 GMT"),
        ("Fri May  5 12:01:30 2026", "Tue, 05 May 2026 12:01:30 GMT"),
        (
            "Friday, 15-May-26 12:01:30 GMT",
            "Fri, 15 May 2026 12:01:30 GMT",
        ),
        ("May 20th, 2026 5:14 PM.", "Wed, 20 May 2026 17:14:00 GMT"),
        ("May 20, 2026, 12:14am", "Wed, 20 May 2026 00:14:00 GMT"),
        ("May 20, 2026, 2:14 p.m.", "Wed, 20 May 2026 14:14:00 GMT"),
    ] {
        let expected = httpdate::parse_http_date(expected).ok();
        assert_eq!(date(text), expected, "{text}");
    }
}

#[test]
fn other_text_is_no_date() {
    for text in [
        "",
        "T",
        "soon",
        "-10",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "1969-01-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "26-1-1T0:0:0Z",
        "12:01:30",
        "May 2026",
        "5 models in 2026",
        "\u{665} May 2026",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
}

#[test]
fn f327_named_zones_are_known_or_the_date_is_none() {
    let noon = |zone: &str| {
        let found = date(&format!("2026-05-15 12:00:00{zone}"))?;
        found.duration_since(SystemTime::UNIX_EPOCH).ok()
    };
    let hours = |hours: u64| Some(Duration::from_secs(1_778_803_200 + hours * 3_600));
    for (zone, expected) in [
        (" UTC", hours(12)),
        (" CET", hours(11)),
        ("CEST", hours(10)),
        (" (JST)", hours(3)),
        (" sgt", hours(4)),
        (" PDT", hours(19)),
        (" GMT+0200 (Central European Summer Time)", hours(10)),
        (" UTC-5", hours(17)),
        ("+02:00[Europe/Paris]", hours(10)),
        (" PM AEST", hours(2)),
        (" p.m. KST", hours(3)),
        // Words of the sentence.
        (" or upgrade", hours(12)),
        (". Upgrade your plan", hours(12)),
        (" UTC. PLEASE WAIT", hours(12)),
    ] {
        assert_eq!(noon(zone), expected, "{zone}");
    }
    // India, Ireland or Israel; with or without summer time; not in the list.
    for zone in [
        " IST",
        "IST",
        " ist",
        " PT",
        " Pacific Time",
        " PM ET",
        " XYZT",
        "xyzt",
    ] {
        assert_eq!(noon(zone), None, "{zone}");
    }
    assert_eq!(date("Fri May 15 12:00:00 WXYZ 2026"), None);
}
