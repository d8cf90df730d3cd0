//! Rates as text: parses `"10/s"` into an amount and a period, or explains the mistake.

use std::time::Duration;

/// The units, other names that are answered with the unit, and their lengths in seconds.
const UNITS: &[(&str, &[&str], u64)] = &[
    ("s", &["sec", "secs", "second", "seconds"], 1),
    ("min", &["mins", "minute", "minutes"], 60),
    ("m", &[], 60),
    ("h", &["hr", "hour", "hours"], 3_600),
    ("day", &["d", "days"], 86_400),
];

const FORM: &str = "a rate is a whole number and a unit (s, m or min, h, day), as in \"10/s\"";

/// Reads an amount for each period, such as `10/s`, `200_000/min` or `5/day`.
pub(crate) fn parse(text: &str) -> Result<(u64, Duration), String> {
    let Some((amount, unit)) = text.split_once('/') else {
        let digits = text.trim();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        return Err(if is_number {
            format!("\"{digits}\" has no unit: write \"{digits}/s\", or another of min, h, day")
        } else {
            format!("\"{text}\" is not a rate: {FORM}")
        });
    };
    let (digits, unit) = (amount.trim().replace('_', ""), unit.trim());
    if digits.is_empty() || digits.bytes().any(|byte| !byte.is_ascii_digit()) {
        return Err(format!("`{}` is not a whole number: {FORM}", amount.trim()));
    }
    let amount: u64 = digits
        .parse()
        .map_err(|_| format!("\"{text}\" is above the largest possible rate"))?;
    let lower = unit.to_lowercase();
    let Some((name, _, seconds)) = UNITS
        .iter()
        .find(|(name, others, _)| *name == lower || others.contains(&lower.as_str()))
    else {
        return Err(format!("unknown unit `{unit}`: {FORM}"));
    };
    if *name != unit {
        return Err(format!("unknown unit `{unit}`: write \"{digits}/{name}\""));
    }
    if amount == 0 {
        return Err(format!("a rate of zero lets nothing through; {FORM}"));
    }
    Ok((amount, Duration::from_secs(*seconds)))
}

/// Formats a rate for [`parse`].
pub(crate) fn written(amount: u64, period: Duration) -> String {
    let unit = UNITS
        .iter()
        .find(|(_, _, seconds)| *seconds == period.as_secs());
    format!("{amount}/{}", unit.map_or("s", |(name, _, _)| name))
}
