//! The settings of caps.

use super::{Amount, CapPeriod, Money, Price, UtcOffset, parse};
use crate::ConfigError;
use std::{fmt, str::FromStr};

/// A cap: the most requests, tokens or money in an hour, day, week or month of the calendar.
///
/// When it is reached, further attempts fail with
/// [`Class::CapReached`](crate::Class::CapReached) until the window ends; see
/// [the guide](crate::guide::caps).
///
/// ```
/// use resilient_runtime::{Amount, Cap, CapPeriod, Money};
///
/// const CAP: Cap = match Cap::parse("50 USD/day +02:00") {
///     Ok(cap) => cap,
///     Err(_) => panic!(),
/// };
/// assert_eq!((CAP.amount(), CAP.period()), (Amount::Money(Money::usd(50.0)), CapPeriod::Day));
/// assert_eq!(CAP.to_string(), "50 USD/day +02:00");
/// assert_eq!("5M tokens/month".parse(), Ok(Cap::tokens(5_000_000, CapPeriod::Month)));
///
/// let mistake = Cap::parse("50 dollars/day").unwrap_err();
/// assert!(mistake.message().contains("did you mean \"USD\""), "{mistake}");
/// ```
#[doc(alias("quota", "budget", "spend limit"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cap {
    amount: Amount,
    period: CapPeriod,
    offset: UtcOffset,
}

impl Cap {
    pub(super) const fn of(amount: Amount, period: CapPeriod, offset: UtcOffset) -> Self {
        Self {
            amount,
            period,
            offset,
        }
    }

    /// The most attempts that are sent.
    pub const fn requests(most: u64, period: CapPeriod) -> Self {
        Self::of(Amount::Requests(most), period, UtcOffset::UTC)
    }

    /// The most tokens, input and output together.
    pub const fn tokens(most: u64, period: CapPeriod) -> Self {
        Self::of(Amount::Tokens(most), period, UtcOffset::UTC)
    }

    /// The most money, by the [`Price`] of the upstream.
    pub const fn money(most: Money, period: CapPeriod) -> Self {
        Self::of(Amount::Money(most), period, UtcOffset::UTC)
    }

    /// Sets the offset from UTC at which windows begin. Default: UTC.
    pub const fn at(mut self, offset: UtcOffset) -> Self {
        self.offset = offset;
        self
    }

    /// Reads a number, a unit, a window and an offset, such as `50 USD/day`,
    /// `10_000 requests/hour` or `1.5M tokens/month +02:00`.
    ///
    /// The number may end in `k`, `M` or `B`, for a thousand, a million and a billion. The unit is
    /// `requests`, `tokens` or the code of a currency. Without an offset the window is in UTC.
    ///
    /// # Errors
    /// The text is none.
    pub const fn parse(text: &str) -> Result<Self, ConfigError> {
        parse::cap(text)
    }

    /// The most that is permitted in a window.
    pub const fn amount(self) -> Amount {
        self.amount
    }

    /// The length of its windows.
    pub const fn period(self) -> CapPeriod {
        self.period
    }

    /// The offset from UTC at which its windows begin.
    pub const fn offset(self) -> UtcOffset {
        self.offset
    }

    /// Whether both count the same in the same windows.
    pub(crate) const fn is_alike(self, other: Self) -> bool {
        self.amount.is_alike(other.amount)
            && self.period as u8 == other.period as u8
            && self.offset.is(other.offset)
    }
}

impl FromStr for Cap {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::parse(text)
    }
}

/// In the form that [`parse`](Self::parse) reads.
impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.amount, self.period)?;
        if self.offset == UtcOffset::UTC {
            return Ok(());
        }
        write!(f, " {}", self.offset)
    }
}

/// The caps of an upstream, or of each of its keys: at most four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Caps([Option<Cap>; 4]);

impl Caps {
    /// No cap.
    pub const NONE: Self = Self([None; 4]);

    /// Reads caps that are separated by commas: `50 USD/day, 10000 requests/day`.
    ///
    /// # Errors
    /// The text is no such list, or as in [`and`](Self::and).
    pub const fn parse(text: &str) -> Result<Self, ConfigError> {
        Self::NONE.and_parsed(text)
    }

    pub(crate) const fn and_parsed(self, text: &str) -> Result<Self, ConfigError> {
        parse::caps(self, text)
    }

    /// Adds a cap.
    ///
    /// # Errors
    /// It is a fifth one, or there is one that counts the same in the same windows.
    pub const fn and(self, cap: Cap) -> Result<Self, ConfigError> {
        match self.0 {
            [Some(_), Some(_), Some(_), Some(_)] => {
                Err(ConfigError::new("cap", "cap: at most four caps"))
            }
            [a, b, c, d] => {
                if is_like(a, cap) || is_like(b, cap) || is_like(c, cap) || is_like(d, cap) {
                    return Err(ConfigError::new(
                        "cap",
                        "cap: two caps count the same in the same window",
                    ));
                }
                Ok(Self(match [a, b, c] {
                    [None, ..] => [Some(cap), None, None, None],
                    [_, None, _] => [a, Some(cap), None, None],
                    [_, _, None] => [a, b, Some(cap), None],
                    _ => [a, b, c, Some(cap)],
                }))
            }
        }
    }

    /// The caps, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = Cap> + use<> {
        self.0.into_iter().flatten()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0[0].is_none()
    }

    /// # Errors
    /// A cap of zero, or one on money for which there is no price, or one in another currency.
    pub(crate) const fn validate(&self, price: Option<&Price>) -> Result<(), ConfigError> {
        let [a, b, c, d] = self.0;
        let checked = [
            validate_one(a, price),
            validate_one(b, price),
            validate_one(c, price),
            validate_one(d, price),
        ];
        match checked {
            [Err(mistake), ..]
            | [_, Err(mistake), ..]
            | [_, _, Err(mistake), _]
            | [.., Err(mistake)] => Err(mistake),
            _ => Ok(()),
        }
    }
}

/// Separated by commas; `none` without any.
impl fmt::Display for Caps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.pad("none");
        }
        let caps: Vec<_> = self.iter().map(|cap| cap.to_string()).collect();
        f.pad(&caps.join(", "))
    }
}

const fn is_like(one: Option<Cap>, other: Cap) -> bool {
    match one {
        Some(cap) => cap.is_alike(other),
        None => false,
    }
}

const fn validate_one(cap: Option<Cap>, price: Option<&Price>) -> Result<(), ConfigError> {
    let Some(cap) = cap else {
        return Ok(());
    };
    if cap.amount.number() == 0 {
        return Err(ConfigError::new("cap", "cap: zero lets nothing through"));
    }
    let Amount::Money(money) = cap.amount else {
        return Ok(());
    };
    match price {
        None => Err(ConfigError::new(
            "cap",
            "cap: a cap on money needs a `price`, which is set before it",
        )),
        Some(price) if !price.code().is(money.code()) => Err(ConfigError::new(
            "cap",
            "cap: the currency is not that of the `price`",
        )),
        Some(_) => Ok(()),
    }
}
