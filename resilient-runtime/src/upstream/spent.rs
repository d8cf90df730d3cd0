//! The tokens of an attempt.

use crate::Tokens;

/// The tokens of an admitted attempt.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    /// The estimated tokens.
    pub(crate) estimated: u64,
    /// The tokens used, if the response reported them.
    pub(crate) actual: Option<Tokens>,
}

impl Spent {
    /// The tokens used, or the estimate if they are not known.
    pub(crate) fn used(self) -> u64 {
        self.actual.map_or(self.estimated, Tokens::total)
    }

    #[inline]
    pub(crate) fn is_counted(self) -> bool {
        self.estimated != 0 || self.actual.is_some()
    }
}
