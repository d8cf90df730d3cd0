//! An amount of money, without the drift of floating-point sums.

use super::parse;
use crate::ConfigError;
use std::{fmt, str::FromStr};

/// An amount of money: billionths of a currency, counted in whole numbers.
///
/// ```
/// use resilient_runtime::Money;
///
/// let spent: Money = "12.50 USD".parse()?;
/// assert_eq!(spent, Money::usd(12.5));
/// assert_eq!((spent.nanos(), spent.currency()), (12_500_000_000, "USD"));
/// assert_eq!(spent.to_string(), "12.5 USD");
/// assert_eq!(format!("{spent:.2}"), "12.50 USD");
/// # Ok::<(), resilient_runtime::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    nanos: u64,
    currency: Currency,
}

/// The code of a currency: three capital letters of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Currency([u8; 3]);

pub(super) const NANOS: u64 = 1_000_000_000;

impl Currency {
    pub(super) const USD: Self = Self(*b"USD");

    /// # Errors
    /// It is none.
    pub(super) const fn new(code: &[u8]) -> Result<Self, ConfigError> {
        let &[a, b, c] = code else {
            return Err(Self::MISTAKE);
        };
        if !a.is_ascii_uppercase() || !b.is_ascii_uppercase() || !c.is_ascii_uppercase() {
            return Err(Self::MISTAKE);
        }
        Ok(Self([a, b, c]))
    }

    const MISTAKE: ConfigError = ConfigError::new(
        "currency",
        "currency: expected a code of three capital letters, such as USD",
    );

    pub(super) const fn is(self, other: Self) -> bool {
        self.0[0] == other.0[0] && self.0[1] == other.0[1] && self.0[2] == other.0[2]
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Money {
    pub(super) const fn of(nanos: u64, currency: Currency) -> Self {
        Self { nanos, currency }
    }

    /// US dollars. A negative number counts as zero, and the largest amount is about 18 billion.
    pub const fn usd(amount: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the conversion saturates"
        )]
        let nanos = (amount * 1e9 + 0.5) as u64;
        Self::of(nanos, Currency::USD)
    }

    /// Reads an amount and the code of its currency, such as `12.50 USD`.
    ///
    /// # Errors
    /// The text is none, or zero, or above about 18 billion.
    pub const fn parse(text: &str) -> Result<Self, ConfigError> {
        parse::money(text)
    }

    /// The amount in billionths of the currency.
    pub const fn nanos(self) -> u64 {
        self.nanos
    }

    /// The amount in the currency.
    #[expect(clippy::cast_precision_loss, reason = "for display and comparison")]
    pub const fn amount(self) -> f64 {
        self.nanos as f64 / 1e9
    }

    /// The code of the currency, such as `USD`.
    pub fn currency(&self) -> &str {
        self.currency.as_str()
    }

    /// The sum, if both are of one currency; saturates.
    pub fn plus(self, other: Self) -> Option<Self> {
        let nanos = self.nanos.saturating_add(other.nanos);
        (self.currency == other.currency).then_some(Self { nanos, ..self })
    }

    pub(super) const fn code(self) -> Currency {
        self.currency
    }
}

impl FromStr for Money {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::parse(text)
    }
}

/// In full, or with the decimals of a precision.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.currency();
        if let Some(precision) = f.precision() {
            return write!(f, "{:.precision$} {code}", self.amount());
        }
        let (whole, rest) = (self.nanos / NANOS, self.nanos % NANOS);
        if rest == 0 {
            return write!(f, "{whole} {code}");
        }
        let decimals = format!("{rest:09}");
        write!(f, "{whole}.{} {code}", decimals.trim_end_matches('0'))
    }
}
