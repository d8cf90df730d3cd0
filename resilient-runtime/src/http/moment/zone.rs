//! Time zones of dates.

/// Names of time zones, with their offset in minutes east of Greenwich. Of the names with more than
/// one meaning, only those of [RFC 5322](https://www.rfc-editor.org/rfc/rfc5322#section-4.3).
const ZONES: &[(&str, i16)] = &[
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("zulu", 0),
    // The Americas.
    ("edt", -240),
    ("est", -300),
    ("cdt", -300),
    ("cst", -360),
    ("mdt", -360),
    ("mst", -420),
    ("pdt", -420),
    ("pst", -480),
    ("akdt", -480),
    ("akst", -540),
    ("hst", -600),
    ("brt", -180),
    ("art", -180),
    // Europe and Africa.
    ("wet", 0),
    ("west", 60),
    ("cet", 60),
    ("cest", 120),
    ("mez", 60),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("trt", 180),
    ("wat", 60),
    ("sast", 120),
    ("eat", 180),
    // Asia and Oceania.
    ("pkt", 300),
    ("npt", 345),
    ("wib", 420),
    ("ict", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("jst", 540),
    ("kst", 540),
    ("awst", 480),
    ("acst", 570),
    ("acdt", 630),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
];

/// Names of zones whose offset is not known: of several zones, or with and without summer time. Any
/// other word in capital letters behind a time is one, too; a message is in lower case.
const UNKNOWN_ZONES: &[&str] = &[
    "amt", "ast", "bst", "cat", "ct", "ect", "et", "gst", "ist", "mt", "pt", "sst", "pacific",
    "eastern", "central", "mountain", "local",
];

/// Whether a word behind a time, given also in lower case, names a zone whose offset is not known.
pub(super) fn is_unknown_zone(given: &str, lower: &str) -> bool {
    let is_name = (2..=5).contains(&given.len());
    let is_capital = is_name && given.bytes().all(|byte| byte.is_ascii_uppercase());
    is_capital || UNKNOWN_ZONES.contains(&lower)
}

/// `Z`, `UTC`, `EDT`, `+0200`, `-07:00`, `+2`, `GMT+0200`: seconds, and whether they are east of
/// Greenwich.
pub(super) fn zone(word: &str) -> Option<(u64, bool)> {
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
        let seconds = u64::from(minutes.unsigned_abs()).checked_mul(60)?;
        return Some((seconds, minutes.is_positive()));
    }
    let prefix = ["utc", "gmt"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix));
    let word = prefix.unwrap_or(word);
    let east = word.starts_with('+');
    let digits = word.strip_prefix(['+', '-'])?;
    let (hours, minutes) = match (digits.len(), digits.split_once(':')) {
        (_, Some((hours, minutes))) => (hours, minutes),
        (4, None) => digits.split_at_checked(2)?,
        (1 | 2, None) => (digits, "0"),
        _ => return None,
    };
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some((super::seconds_of([hours, minutes, 0]), east))
}
