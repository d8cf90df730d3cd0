//! Tokens, as a provider counts them.

/// The tokens of an attempt: what the request held, and what the answer held. They have different prices.
///
/// ```
/// use resilient_runtime::Tokens;
///
/// let tokens = Tokens { input: 900, output: 150 };
/// assert_eq!(tokens.total(), 1_050);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Tokens of the request. An answer that tells only a total is all input.
    pub input: u64,
    /// Tokens of the answer.
    pub output: u64,
}

impl Tokens {
    /// Tokens of the request alone, or a total whose parts are not known.
    pub const fn input(input: u64) -> Self {
        Self { input, output: 0 }
    }

    /// All of them; saturates.
    pub const fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}
