#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use super::*;

fn read(text: &str) -> Result<String, &'static str> {
    let cap = Cap::parse(text).map_err(|mistake| mistake.message())?;
    assert_eq!(Cap::parse(&cap.to_string()), Ok(cap), "{text}");
    Ok(cap.to_string())
}

#[test]
fn cap_is_read_from_its_text_and_written_back() {
    for (text, written) in [
        ("50 USD/day", "50 USD/day"),
        ("0.5 EUR / hour", "0.5 EUR/hour"),
        ("  10_000 requests/day  ", "10000 requests/day"),
        ("5M tokens/month", "5000000 tokens/month"),
        ("1.5B tokens/week", "1500000000 tokens/week"),
        ("2.5k requests/day UTC", "2500 requests/day"),
        ("0.000000001 USD/day", "0.000000001 USD/day"),
        ("50USD/day", "50 USD/day"),
        ("1k USD/day +02:00", "1000 USD/day +02:00"),
        ("1 USD/day -03:30", "1 USD/day -03:30"),
        ("1 USD/day +5", "1 USD/day +05:00"),
        (
            "18446744073709551615 tokens/day",
            "18446744073709551615 tokens/day",
        ),
        ("1 MXN/day", "1 MXN/day"),
        ("1 KRW/day", "1 KRW/day"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(written), "{text}");
    }
}

#[test]
fn each_mistake_is_named_with_the_form_that_is_right() {
    for (text, message) in [
        ("", "begins with a number"),
        ("USD/day", "begins with a number"),
        ("-5 USD/day", "begins with a number"),
        (".5 USD/day", "begins with a number"),
        ("$50/day", "\"50 USD/day\""),
        ("€50/day", "\"50 USD/day\""),
        ("50€/day", "needs a unit"),
        ("50/day", "needs a unit"),
        ("0 USD/day", "zero lets nothing through"),
        ("0.0 tokens/day", "zero lets nothing through"),
        ("50 usd/day", "did you mean \"USD\""),
        ("50 dollars/day", "did you mean \"USD\""),
        ("50 euro/day", "did you mean \"EUR\""),
        ("50 request/day", "did you mean \"requests\""),
        ("50 Tokens/day", "did you mean \"tokens\""),
        ("50 apples/day", "expected `requests`"),
        ("50 chf/day", "capital letters"),
        ("5m tokens/day", "`k`, `M` or `B`"),
        ("5 million tokens/day", "expected `requests`"),
        ("1.5 requests/day", "whole numbers"),
        ("50 USD", "a window is missing"),
        ("50 USD per day", "a window is missing"),
        ("50 USD/d", "did you mean \"/day\""),
        ("50 USD/Day", "did you mean \"/day\""),
        ("50 USD/hr", "did you mean \"/hour\""),
        ("50 USD/months", "did you mean \"/month\""),
        ("50 USD/min", "shortest window is an hour"),
        ("50 USD/year", "longest window is a month"),
        ("50 USD/fortnight", "unknown window"),
        ("50 USD/", "unknown window"),
        ("50 USD/day Berlin", "as in \"50 USD/day +02:00\""),
        ("50 USD/day +02:00 x", "as in \"50 USD/day +02:00\""),
        ("50 USD/day +02:75", "as in \"50 USD/day +02:00\""),
        ("50 USD/day +15:00", "at most 14 hours"),
        ("50 USD/day +", "as in \"50 USD/day +02:00\""),
        ("18446744073709551616 tokens/day", "largest possible"),
        ("20B USD/day", "largest possible"),
        ("1.0000000001 USD/day", "too many digits"),
        ("99999999999999999999999999 USD/day", "too many digits"),
    ] {
        let found = read(text).unwrap_err();
        assert!(found.contains(message), "{text}: {found}");
        assert!(found.starts_with("cap: "), "{found}");
    }
}

#[test]
fn caps_are_separated_by_commas_and_none_counts_the_same() {
    let caps = Caps::parse("50 USD/day, 10000 requests/day,5M tokens/month").unwrap();
    assert_eq!(
        caps.to_string(),
        "50 USD/day, 10000 requests/day, 5000000 tokens/month"
    );
    assert_eq!(caps.iter().count(), 3);
    for (text, message) in [
        ("10,000 requests/day", "without commas"),
        ("50 USD/day,, 1 tokens/day", "begins with a number"),
        ("50 USD/day, 60 USD/day", "count the same"),
        (
            "1 USD/day, 2 USD/week, 3 USD/month, 4 EUR/day, 5 EUR/week",
            "at most four",
        ),
    ] {
        let found = Caps::parse(text).unwrap_err();
        assert!(found.message().contains(message), "{text}: {found}");
    }
    let other = Caps::parse("50 USD/day, 60 USD/day +01:00, 7 EUR/day, 500 USD/month");
    assert_eq!(other.map(|caps| caps.iter().count()), Ok(4));
    assert_eq!(Caps::NONE.to_string(), "none");
}

#[test]
fn caps_on_money_need_a_price_in_their_currency() {
    use crate::Price;
    let caps = Caps::parse("9 tokens/day, 50 USD/day").unwrap();
    let message = |price: Option<&Price>| caps.validate(price).map_err(|it| it.message());
    assert!(message(None).unwrap_err().contains("needs a `price`"));
    let euros = Price::new(1.0, 1.0).currency("EUR");
    assert!(message(Some(&euros)).unwrap_err().contains("currency"));
    assert_eq!(message(Some(&Price::new(1.0, 1.0))), Ok(()));
    assert_eq!(Caps::parse("9 tokens/day").unwrap().validate(None), Ok(()));
    let zero = Caps::NONE.and(Cap::requests(0, CapPeriod::Day)).unwrap();
    assert!(zero.validate(None).is_err());
}

#[test]
fn money_is_read_without_a_window() {
    assert_eq!(Money::parse("12.5 USD"), Ok(Money::usd(12.5)));
    for text in ["12.5", "12 tokens", "12 USD/day", ""] {
        assert!(Money::parse(text).is_err(), "{text}");
    }
}
