//! An amount that a cap permits, or that is used.

use super::Money;
use std::fmt;

/// An amount of requests, tokens or money. Its `Display` is `10000 requests` or `12.5 USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Amount {
    /// Attempts that are sent.
    Requests(u64),
    /// Tokens, input and output together.
    Tokens(u64),
    /// Money, by the [`Price`](super::Price) of tokens.
    Money(Money),
}

impl Amount {
    /// The number: of requests, of tokens, or of billionths of a currency.
    pub(crate) const fn number(self) -> u64 {
        match self {
            Self::Requests(number) | Self::Tokens(number) => number,
            Self::Money(money) => money.nanos(),
        }
    }

    /// As much of the same.
    pub(crate) const fn with(self, number: u64) -> Self {
        match self {
            Self::Requests(_) => Self::Requests(number),
            Self::Tokens(_) => Self::Tokens(number),
            Self::Money(money) => Self::Money(Money::of(number, money.code())),
        }
    }

    pub(super) const fn is_alike(self, other: Self) -> bool {
        match (self, other) {
            (Self::Requests(_), Self::Requests(_)) | (Self::Tokens(_), Self::Tokens(_)) => true,
            (Self::Money(one), Self::Money(other)) => one.code().is(other.code()),
            _ => false,
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requests(number) => write!(f, "{number} requests"),
            Self::Tokens(number) => write!(f, "{number} tokens"),
            Self::Money(money) => money.fmt(f),
        }
    }
}
