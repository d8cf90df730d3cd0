//! The price of tokens.

use super::{Money, money::Currency};
use crate::{ConfigError, Tokens};

/// The price of a million tokens of input, and of output. US dollars, unless
/// [`currency`](Self::currency) names another currency.
///
/// ```
/// use resilient_runtime::{Money, Price, Tokens};
///
/// let price = Price::new(2.50, 10.0);
/// let tokens = Tokens { input: 1_000, output: 200 };
/// assert_eq!(price.of(tokens), Money::usd(0.0045));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Price {
    /// The price of a million tokens of input.
    pub input: f64,
    /// The price of a million tokens of output.
    pub output: f64,
    currency: [u8; 3],
}

/// The highest price, and the highest number of tokens of one attempt that counts.
const HIGHEST: f64 = 1e9;
const MOST: u64 = 1 << 40;

impl Price {
    /// In US dollars, by a million tokens of input and of output.
    pub const fn new(input: f64, output: f64) -> Self {
        Self {
            input,
            output,
            currency: *b"USD",
        }
    }

    /// Sets the currency, by its code such as `EUR`.
    pub const fn currency(mut self, code: &str) -> Self {
        self.currency = match code.as_bytes() {
            &[a, b, c] => [a, b, c],
            // It is refused by `validate`.
            _ => [0; 3],
        };
        self
    }

    #[cfg(feature = "config")]
    pub(crate) const fn in_code(mut self, code: [u8; 3]) -> Self {
        self.currency = code;
        self
    }

    /// # Errors
    /// The first invalid setting: a price that is negative, no number, or above a billion, or a
    /// code that is not of three capital letters.
    pub const fn validate(&self) -> Result<(), ConfigError> {
        if !is_valid(self.input) || !is_valid(self.output) {
            return Err(ConfigError::new(
                "price",
                "price: `input` and `output` are numbers from 0 to a billion",
            ));
        }
        match Currency::new(&self.currency) {
            Ok(_) => Ok(()),
            Err(mistake) => Err(mistake.within("price")),
        }
    }

    /// The price of these tokens, rounded up to a billionth. Of each kind, at most 2^40 count.
    pub fn of(&self, tokens: Tokens) -> Money {
        let of =
            |tokens: u64, price| u128::from(tokens.min(MOST)).saturating_mul(picos(price).into());
        let picos = of(tokens.input, self.input).saturating_add(of(tokens.output, self.output));
        let nanos = u64::try_from(picos.div_ceil(1_000)).unwrap_or(u64::MAX);
        Money::of(nanos, self.code())
    }

    /// The price of an estimate, whose parts are not known: that of the dearer kind.
    pub(crate) fn of_estimate(&self, tokens: u64) -> Money {
        self.of(if self.output > self.input {
            Tokens {
                input: 0,
                output: tokens,
            }
        } else {
            Tokens::input(tokens)
        })
    }

    /// The currency; that of a price that is not valid is US dollars.
    pub(super) const fn code(&self) -> Currency {
        match Currency::new(&self.currency) {
            Ok(code) => code,
            Err(_) => Currency::USD,
        }
    }

    /// The code of the currency, such as `USD`.
    pub fn currency_code(&self) -> &str {
        std::str::from_utf8(&self.currency).unwrap_or_default()
    }
}

const fn is_valid(price: f64) -> bool {
    price >= 0.0 && price <= HIGHEST
}

/// The price of a token in 10^-12 of the currency, from that of a million tokens.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates"
)]
const fn picos(price: f64) -> u64 {
    (price * 1e6 + 0.5) as u64
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "test code fails loudly")]
mod tests {
    use super::*;

    #[test]
    fn f370_money_is_summed_in_whole_numbers_without_drift() {
        let price = Price::new(0.075, 0.3);
        assert_eq!(price.of(Tokens::input(1)).nanos(), 75);
        assert_eq!(Price::new(0.000_1, 0.0).of(Tokens::input(1)).nanos(), 1);
        let mut sum = 0;
        for _ in 0..1_000_000 {
            sum += price
                .of(Tokens {
                    input: 3,
                    output: 1,
                })
                .nanos();
        }
        assert_eq!(sum, 525_000_000, "no drift");
        let most = Tokens {
            input: u64::MAX,
            output: u64::MAX,
        };
        assert_eq!(Price::new(1e9, 1e9).of(most).nanos(), u64::MAX);
    }

    #[test]
    fn estimate_has_the_price_of_the_dearer_kind() {
        assert_eq!(Price::new(2.0, 8.0).of_estimate(1_000_000), Money::usd(8.0));
        assert_eq!(Price::new(2.0, 0.0).of_estimate(1_000_000), Money::usd(2.0));
    }

    #[test]
    fn validate_names_every_invalid_price() {
        for price in [-1.0, f64::NAN, f64::INFINITY, 2e9] {
            assert!(Price::new(price, 1.0).validate().is_err(), "{price}");
            assert!(Price::new(1.0, price).validate().is_err(), "{price}");
        }
        for code in ["", "usd", "US", "EURO", "€"] {
            let mistake = Price::new(1.0, 1.0).currency(code).validate().unwrap_err();
            assert!(
                mistake.to_string().contains("three capital letters"),
                "{mistake}"
            );
        }
        assert!(Price::new(0.0, 0.0).currency("EUR").validate().is_ok());
    }
}
