//! Stage classify: what a server says about the quotas of its client.

use std::time::Duration;

/// What an answer's headers say about the quotas.
///
/// Where a server counts a kind of thing in several ways (input and output tokens), this is the tightest of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerLimits {
    /// The quota of requests.
    pub requests: Quota,
    /// The quota of tokens.
    pub tokens: Quota,
}

impl ServerLimits {
    /// The wait until something is left of every quota that has nothing left.
    pub fn wait(&self) -> Option<Duration> {
        self.requests.wait().max(self.tokens.wait())
    }
}

/// The reading of one quota. What the server does not say is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// What is permitted in a period.
    pub limit: Option<u64>,
    /// What is left of it.
    pub remaining: Option<u64>,
    /// The time until it is all there again, counted from the answer.
    pub reset: Option<Duration>,
}

impl Quota {
    /// Whether the server says that nothing is left.
    pub fn is_exhausted(&self) -> bool {
        self.remaining == Some(0)
    }

    /// The time to the reset, if nothing is left. While something is left, the reset is nothing to wait for.
    pub fn wait(&self) -> Option<Duration> {
        self.reset.filter(|_| self.is_exhausted())
    }
}
