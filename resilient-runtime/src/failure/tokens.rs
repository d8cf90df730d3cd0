//! Tokens, as counted by a provider.

/// The tokens of an attempt: of its request (input) and of its response (output). They have
/// different prices.
///
/// ```
/// use resilient_runtime::Tokens;
///
/// let tokens = Tokens { input: 900, output: 150 };
/// assert_eq!(tokens.total(), 1_050);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Tokens of the request. If only a total is known, all of it counts as input.
    pub input: u64,
    /// Tokens of the response.
    pub output: u64,
}

impl Tokens {
    /// Tokens of the request alone, or a total whose parts are not known.
    pub const fn input(input: u64) -> Self {
        Self { input, output: 0 }
    }

    /// The larger count of each kind: of a stream that counts up, and may tell the two apart.
    pub(crate) fn most(self, other: Self) -> Self {
        Self {
            input: self.input.max(other.input),
            output: self.output.max(other.output),
        }
    }

    /// The sum of each kind; saturates.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
        }
    }

    /// The sum; saturates.
    pub const fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}
