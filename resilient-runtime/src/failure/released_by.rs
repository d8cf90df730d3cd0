//! Why a deferred retry was sent.

use std::fmt;

/// How a deferred retry was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReleasedBy {
    /// The balance of the retry budget paid for it.
    Balance,
    /// Recent successes: each gives four credits, usable while the process sends no more than it
    /// usually does.
    Credit,
    /// A trial: a single retry that probes whether the server has recovered.
    Trial,
}

impl ReleasedBy {
    /// The name used in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Credit => "credit",
            Self::Trial => "trial",
        }
    }
}

impl fmt::Display for ReleasedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
