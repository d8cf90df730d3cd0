//! Caps as text: parses `50 USD/day`, or explains the mistake, also in a constant.

use super::{
    Amount, Cap, CapPeriod, Caps, Money, UtcOffset,
    money::{Currency, NANOS},
    reader::{Reader, is, is_any},
};
use crate::ConfigError;

const fn mistake(message: &'static str) -> ConfigError {
    ConfigError::new("cap", message)
}

/// Adds the caps of a text that are separated by commas.
pub(super) const fn caps(mut caps: Caps, text: &str) -> Result<Caps, ConfigError> {
    let mut reader = Reader::new(text.as_bytes());
    loop {
        let mut part = reader.up_to_comma();
        let is_cut = number_alone(part) && reader.peek().is_ascii_digit();
        if is_cut {
            return Err(mistake(
                "cap: write the number without commas, such as 10_000: a comma separates caps",
            ));
        }
        let cap = match one(&mut part) {
            Ok(cap) => cap,
            Err(mistake) => return Err(mistake),
        };
        caps = match caps.and(cap) {
            Ok(caps) => caps,
            Err(mistake) => return Err(mistake),
        };
        if reader.is_at_end() {
            return Ok(caps);
        }
    }
}

const fn number_alone(mut part: Reader<'_>) -> bool {
    part.skip_spaces();
    let is_number = part.peek().is_ascii_digit();
    while part.peek().is_ascii_digit() {
        part.skip();
    }
    is_number && part.is_at_end()
}

pub(super) const fn cap(text: &str) -> Result<Cap, ConfigError> {
    one(&mut Reader::new(text.as_bytes()))
}

pub(super) const fn money(text: &str) -> Result<Money, ConfigError> {
    let mut reader = Reader::new(text.as_bytes());
    match amount(&mut reader) {
        Ok(Amount::Money(money)) if reader.is_at_end() => Ok(money),
        Err(mistake) => Err(mistake.within("money")),
        Ok(_) => Err(ConfigError::new(
            "money",
            "money: expected a number and the code of a currency, as in \"50 USD\"",
        )),
    }
}

const fn one(reader: &mut Reader<'_>) -> Result<Cap, ConfigError> {
    let amount = match amount(reader) {
        Ok(amount) => amount,
        Err(mistake) => return Err(mistake),
    };
    if !reader.eat(b'/') {
        return Err(mistake(
            "cap: a window is missing behind the unit: write \"/hour\", \"/day\", \"/week\" or \"/month\"",
        ));
    }
    reader.skip_spaces();
    let period = match period(reader.word()) {
        Ok(period) => period,
        Err(mistake) => return Err(mistake),
    };
    reader.skip_spaces();
    match offset(reader) {
        Ok(offset) => Ok(Cap::of(amount, period, offset)),
        Err(mistake) => Err(mistake),
    }
}

/// A number and its unit.
const fn amount(reader: &mut Reader<'_>) -> Result<Amount, ConfigError> {
    reader.skip_spaces();
    if !reader.peek().is_ascii() || reader.peek() == b'$' {
        return Err(mistake(
            "cap: write the currency as its code behind the number, as in \"50 USD/day\"",
        ));
    }
    let nanos = match number(reader) {
        Ok(nanos) => nanos,
        Err(mistake) => return Err(mistake),
    };
    if nanos == 0 {
        return Err(mistake("cap: zero lets nothing through"));
    }
    reader.skip_spaces();
    let word = reader.word();
    reader.skip_spaces();
    if word.is_empty() {
        return Err(mistake(
            "cap: the number needs a unit: `requests`, `tokens` or the code of a currency, as in \"50 USD/day\"",
        ));
    }
    let is_requests = is(word, "requests");
    if is_requests || is(word, "tokens") {
        if !matches!(nanos.checked_rem(NANOS as u128), Some(0)) {
            return Err(mistake("cap: requests and tokens are whole numbers"));
        }
        let Some(number) = whole(nanos.div_euclid(NANOS as u128)) else {
            return Err(mistake(TOO_LARGE));
        };
        return Ok(if is_requests {
            Amount::Requests(number)
        } else {
            Amount::Tokens(number)
        });
    }
    match (currency(word), whole(nanos)) {
        (Ok(currency), Some(nanos)) => Ok(Amount::Money(Money::of(nanos, currency))),
        (Ok(_), None) => Err(mistake(TOO_LARGE)),
        (Err(mistake), _) => Err(mistake),
    }
}

/// As a smaller number, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "it is checked")]
const fn whole(number: u128) -> Option<u64> {
    if number > u64::MAX as u128 {
        return None;
    }
    Some(number as u64)
}

const TOO_LARGE: &str = "cap: the amount is larger than the largest possible one";

/// A number in billionths, with up to nine decimals and a multiplier.
const fn number(reader: &mut Reader<'_>) -> Result<u128, ConfigError> {
    let mut nanos = 0_u128;
    let mut digits = 0_u8;
    let mut decimals: Option<u32> = None;
    loop {
        let byte = reader.peek();
        if byte.is_ascii_digit() {
            let digit = byte.saturating_sub(b'0') as u128;
            nanos = nanos.saturating_mul(10).saturating_add(digit);
            digits = digits.saturating_add(1);
            if let Some(number) = decimals {
                decimals = Some(number.saturating_add(1));
            }
        } else if byte == b'.' && decimals.is_none() && digits > 0 {
            decimals = Some(0);
        } else if byte != b'_' || digits == 0 {
            break;
        }
        reader.skip();
    }
    if digits == 0 {
        return Err(mistake(
            "cap: begins with a number, as in \"50 USD/day\", \"10000 requests/hour\" or \"5M tokens/month\"",
        ));
    }
    let decimals = match decimals {
        Some(decimals) => decimals,
        None => 0,
    };
    if digits > 25 || decimals > 9 {
        return Err(mistake(
            "cap: the number has too many digits; at most nine are decimals",
        ));
    }
    let scale = 10_u128.pow(9_u32.saturating_sub(decimals));
    let before = *reader;
    let times = match reader.word() {
        word if is(word, "k") => 1_000,
        word if is(word, "M") => 1_000_000,
        word if is(word, "B") => 1_000_000_000,
        word if is_any(word, &["k", "m", "b", "mio", "million"]) => {
            return Err(mistake(
                "cap: unknown multiplier: write `k`, `M` or `B` for a thousand, a million or a billion",
            ));
        }
        // The unit without a space.
        _ => {
            *reader = before;
            1
        }
    };
    Ok(nanos.saturating_mul(scale).saturating_mul(times))
}

const fn currency(word: &[u8]) -> Result<Currency, ConfigError> {
    if is_any(word, &["usd", "dollar", "dollars", "us", "usdollar"]) && !is(word, "USD") {
        return Err(mistake("cap: unknown unit: did you mean \"USD\"?"));
    }
    if is_any(word, &["eur", "euro", "euros"]) && !is(word, "EUR") {
        return Err(mistake("cap: unknown unit: did you mean \"EUR\"?"));
    }
    if is_any(
        word,
        &[
            "request", "requests", "req", "reqs", "rq", "call", "calls", "attempts",
        ],
    ) {
        return Err(mistake("cap: unknown unit: did you mean \"requests\"?"));
    }
    if is_any(word, &["token", "tokens", "tok", "toks", "tks"]) {
        return Err(mistake("cap: unknown unit: did you mean \"tokens\"?"));
    }
    match Currency::new(word) {
        Ok(currency) => Ok(currency),
        Err(_) => Err(mistake(
            "cap: unknown unit: expected `requests`, `tokens` or the code of a currency in capital letters, such as USD",
        )),
    }
}

const fn period(word: &[u8]) -> Result<CapPeriod, ConfigError> {
    if is(word, "day") {
        return Ok(CapPeriod::Day);
    }
    if is(word, "hour") {
        return Ok(CapPeriod::Hour);
    }
    if is(word, "week") {
        return Ok(CapPeriod::Week);
    }
    if is(word, "month") {
        return Ok(CapPeriod::Month);
    }
    Err(mistake(if is_any(word, &["d", "day", "days", "daily"]) {
        "cap: unknown window: did you mean \"/day\"?"
    } else if is_any(word, &["h", "hr", "hour", "hours", "hourly"]) {
        "cap: unknown window: did you mean \"/hour\"?"
    } else if is_any(word, &["w", "week", "weeks", "weekly"]) {
        "cap: unknown window: did you mean \"/week\"?"
    } else if is_any(word, &["mo", "mon", "month", "months", "monthly"]) {
        "cap: unknown window: did you mean \"/month\"?"
    } else if is_any(
        word,
        &[
            "s", "sec", "second", "seconds", "m", "min", "minute", "minutes",
        ],
    ) {
        "cap: the shortest window is an hour; shorter ones are rates, for the limits `requests` and `tokens`"
    } else if is_any(word, &["y", "year", "years", "yearly", "quarter"]) {
        "cap: the longest window is a month"
    } else {
        "cap: unknown window: expected \"/hour\", \"/day\", \"/week\" or \"/month\""
    }))
}

/// The rest of the text: an offset from UTC, or nothing.
const fn offset(reader: &mut Reader<'_>) -> Result<UtcOffset, ConfigError> {
    const EXPECTED: ConfigError =
        mistake("cap: expected an offset from UTC behind the window, as in \"50 USD/day +02:00\"");
    if reader.is_at_end() {
        return Ok(UtcOffset::UTC);
    }
    let is_west = reader.peek() == b'-';
    if !is_west && reader.peek() != b'+' {
        let is_utc = is_any(reader.word(), &["utc", "z", "gmt"]);
        reader.skip_spaces();
        return if is_utc && reader.is_at_end() {
            Ok(UtcOffset::UTC)
        } else {
            Err(EXPECTED)
        };
    }
    reader.skip();
    let Some(hours) = reader.small() else {
        return Err(EXPECTED);
    };
    let minutes = if reader.eat(b':') {
        match reader.small() {
            Some(minutes) if minutes < 60 => minutes,
            _ => return Err(EXPECTED),
        }
    } else {
        0
    };
    reader.skip_spaces();
    if !reader.is_at_end() {
        return Err(EXPECTED);
    }
    let minutes = hours.saturating_mul(60).saturating_add(minutes);
    UtcOffset::minutes(if is_west {
        0_i16.saturating_sub(minutes)
    } else {
        minutes
    })
}

#[cfg(test)]
#[path = "parse_test.rs"]
mod tests;
