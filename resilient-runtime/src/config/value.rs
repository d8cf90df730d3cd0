//! The values of settings: their kinds, and how each is read.

use super::text::{duration, rate};
use crate::{Budget, Caps, Rate, suggest};
use std::time::Duration;

/// A value that has been read and fits its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    /// `"none"` or `false`.
    Nothing,
    Count(u64),
    Decimal(f64),
    Time(Duration),
    Flag(bool),
    Rate(Rate),
    Budget(Budget),
    Caps(Caps),
    Code([u8; 3]),
    /// An index into the choices of the kind.
    Choice(usize),
}

/// The text of a value, or its type where it is none of those that a setting has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Raw<'a> {
    Text(&'a str),
    /// A whole number as it is written, in decimal.
    Whole(Option<i128>),
    Decimal(f64),
    Flag(bool),
    /// A date, an array or a table, by its name.
    Other(&'static str),
}

/// The kind of value that a setting takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A whole number from the first to the second.
    Count(u64, u64),
    /// The same, or none.
    CountOrNone(u64, u64),
    /// A number of at least 1.
    Factor,
    /// A number above 0, at most 1.
    Ratio,
    /// A number from 0.
    Price,
    /// The code of a currency.
    Currency,
    /// Caps, or none.
    Caps,
    Time,
    TimeOrNone,
    Flag,
    /// A rate, or none.
    Rate,
    /// A percentage, or none.
    Budget,
    Choice(&'static [&'static str]),
}

impl Kind {
    /// The kind in words, for messages and the documentation.
    pub(crate) fn in_words(self) -> String {
        match self {
            Self::Count(least, most) => whole(least, most),
            Self::CountOrNone(least, most) => format!("{}, or \"none\"", whole(least, most)),
            Self::Factor => "a number from 1".to_owned(),
            Self::Ratio => "a number above 0, at most 1".to_owned(),
            Self::Price => "a number from 0".to_owned(),
            Self::Currency => "a code such as \"USD\"".to_owned(),
            Self::Caps => "caps such as \"50 USD/day, 10000 requests/day\", or \"none\"".to_owned(),
            Self::Time => "a duration such as \"1.5s\"".to_owned(),
            Self::TimeOrNone => "a duration such as \"30s\", or \"none\"".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Rate => "a rate such as \"500/min\", or \"none\"".to_owned(),
            Self::Budget => "a percentage such as \"20%\", or \"none\"".to_owned(),
            Self::Choice(choices) => {
                let choices: Vec<_> = choices.iter().map(|it| format!("\"{it}\"")).collect();
                format!("one of {}", choices.join(", "))
            }
        }
    }

    /// Whether `"none"` and `false` remove the limit.
    const fn is_optional(self) -> bool {
        matches!(
            self,
            Self::CountOrNone(..) | Self::TimeOrNone | Self::Rate | Self::Budget | Self::Caps
        )
    }

    /// Reads a value of a file.
    pub(super) fn read(self, raw: Raw<'_>) -> Result<Value, String> {
        match (self, raw) {
            (kind, Raw::Flag(false) | Raw::Text("none")) if kind.is_optional() => {
                Ok(Value::Nothing)
            }
            (Self::Count(least, most) | Self::CountOrNone(least, most), Raw::Whole(number)) => {
                let number = number.and_then(|number| u64::try_from(number).ok());
                let number = number.filter(|number| (least..=most).contains(number));
                number.map(Value::Count).ok_or_else(|| self.expected())
            }
            (Self::Factor | Self::Ratio | Self::Price, Raw::Whole(Some(number))) => {
                let number = u32::try_from(number).map_err(|_| self.expected())?;
                self.decimal(f64::from(number))
            }
            (Self::Factor | Self::Ratio | Self::Price, Raw::Decimal(number)) => {
                self.decimal(number)
            }
            (Self::Time | Self::TimeOrNone, Raw::Text(text)) => {
                duration::parse(text).map(Value::Time)
            }
            (Self::Time | Self::TimeOrNone, Raw::Whole(Some(number))) if number >= 0 => Err(
                format!("a duration needs a unit, in quotes: write \"{number}s\" for seconds"),
            ),
            (Self::Flag, Raw::Flag(flag)) => Ok(Value::Flag(flag)),
            (Self::Flag, Raw::Text(text @ ("true" | "false"))) => {
                Err(format!("write {text} without quotes"))
            }
            (Self::Rate, Raw::Text(text)) => {
                let (amount, period) = rate::parse(text)?;
                Ok(Value::Rate(Rate::new(amount, period)))
            }
            (Self::Rate, Raw::Whole(Some(number))) if number >= 0 => Err(format!(
                "a rate needs a unit, in quotes: write \"{number}/s\", or another of min, h, day"
            )),
            (Self::Budget, Raw::Text(text)) => percent(text).ok_or_else(|| self.expected()),
            (Self::Budget, Raw::Whole(Some(number @ 1..=100))) => {
                Err(format!("write the percentage as \"{number}%\""))
            }
            (Self::Caps, Raw::Text(text)) => caps(text),
            (Self::Currency, Raw::Text(text)) => code(text).ok_or_else(|| self.expected()),
            (Self::Choice(choices), Raw::Text(text)) => choice(choices, text),
            (_, Raw::Other(name)) => Err(format!("{}, not {name}", self.expected())),
            _ => Err(self.expected()),
        }
    }

    /// Reads a value of an environment variable, which is always text.
    pub(super) fn read_text(self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let digits = text.replace('_', "");
        let raw = match self {
            _ if self.is_optional() && text == "false" => Raw::Flag(false),
            Self::Count(..) | Self::CountOrNone(..) => match digits.parse() {
                Ok(number) => Raw::Whole(Some(number)),
                Err(_) => Raw::Text(text),
            },
            Self::Factor | Self::Ratio | Self::Price => match text.parse() {
                Ok(number) => Raw::Decimal(number),
                Err(_) => Raw::Text(text),
            },
            Self::Flag => match text {
                "true" => Raw::Flag(true),
                "false" => Raw::Flag(false),
                _ => Raw::Text(text),
            },
            _ => Raw::Text(text),
        };
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        // It may be a secret in the wrong variable: a text is not repeated.
        self.read(raw).map_err(|message| match self {
            Self::Choice(_) => message,
            _ if is_number => message,
            _ => self.expected(),
        })
    }

    fn expected(self) -> String {
        format!("expected {}", self.in_words())
    }

    fn decimal(self, number: f64) -> Result<Value, String> {
        let fits = match self {
            Self::Ratio => number > 0.0 && number <= 1.0,
            Self::Price => number >= 0.0 && number.is_finite(),
            _ => number >= 1.0 && number.is_finite(),
        };
        fits.then_some(Value::Decimal(number))
            .ok_or_else(|| self.expected())
    }
}

fn whole(least: u64, most: u64) -> String {
    if most >= u64::from(u32::MAX) {
        format!("a whole number from {least}")
    } else {
        format!("a whole number from {least} to {most}")
    }
}

fn percent(text: &str) -> Option<Value> {
    let percent: u32 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    let is_valid = (1..=100).contains(&percent);
    is_valid.then(|| Value::Budget(Budget::percent(percent)))
}

fn caps(text: &str) -> Result<Value, String> {
    Caps::parse(text).map(Value::Caps).map_err(|mistake| {
        let message = mistake.message();
        message.strip_prefix("cap: ").unwrap_or(message).to_owned()
    })
}

fn code(text: &str) -> Option<Value> {
    let code: [u8; 3] = text.as_bytes().try_into().ok()?;
    let is_code = code.iter().all(u8::is_ascii_uppercase);
    is_code.then_some(Value::Code(code))
}

fn choice(choices: &'static [&'static str], text: &str) -> Result<Value, String> {
    if let Some(index) = choices.iter().position(|choice| *choice == text) {
        return Ok(Value::Choice(index));
    }
    let meant = suggest::nearest(text, choices.iter().copied());
    Err(match meant {
        Some(meant) => format!("unknown value: did you mean \"{meant}\"?"),
        None => format!(
            "unknown value: expected {}",
            Kind::Choice(choices).in_words()
        ),
    })
}

/// A value, read as its setting demands. A value of another kind changes nothing.
impl Value {
    pub(super) const fn count(self) -> Option<u64> {
        match self {
            Self::Count(number) => Some(number),
            _ => None,
        }
    }

    /// A count that the kind limits to 32 bits.
    pub(super) fn small(self) -> Option<u32> {
        self.count().and_then(|number| u32::try_from(number).ok())
    }

    pub(super) const fn decimal(self) -> Option<f64> {
        match self {
            Self::Decimal(number) => Some(number),
            _ => None,
        }
    }

    pub(super) const fn time(self) -> Option<Duration> {
        match self {
            Self::Time(time) => Some(time),
            _ => None,
        }
    }

    pub(super) const fn code(self) -> Option<[u8; 3]> {
        match self {
            Self::Code(code) => Some(code),
            _ => None,
        }
    }

    pub(super) const fn flag(self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    pub(super) fn pick<T: Copy>(self, all: &[T]) -> Option<T> {
        match self {
            Self::Choice(index) => all.get(index).copied(),
            _ => None,
        }
    }
}
