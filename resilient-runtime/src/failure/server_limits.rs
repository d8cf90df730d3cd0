//! The quotas that a server reports to its client.

use std::time::Duration;

/// The quotas in the headers of a response.
///
/// If a server counts a unit in several ways (input and output tokens), this is the tightest quota.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerLimits {
    /// The quota of requests.
    pub requests: Quota,
    /// The quota of tokens.
    pub tokens: Quota,
}

impl ServerLimits {
    /// The wait until every exhausted quota has been reset.
    pub fn wait(&self) -> Option<Duration> {
        self.requests.wait().max(self.tokens.wait())
    }
}

/// One quota. Values that the server does not report are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// The amount per period.
    pub limit: Option<u64>,
    /// The amount left.
    pub remaining: Option<u64>,
    /// The time until the whole amount is available again, counted from the response.
    pub reset: Option<Duration>,
}

impl Quota {
    /// Whether the quota is exhausted.
    pub fn is_exhausted(&self) -> bool {
        self.remaining == Some(0)
    }

    /// The time to the reset, if the quota is exhausted; otherwise there is no need to wait for it.
    pub fn wait(&self) -> Option<Duration> {
        self.reset.filter(|_| self.is_exhausted())
    }
}
