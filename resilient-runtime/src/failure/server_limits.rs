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
    /// The resource that is counted, if the server names one.
    pub resource: Option<Resource>,
}

/// The name of a resource with a quota of its own, such as `core` and `search` of `GitHub`
/// (`x-ratelimit-resource`). Only a hash of the name is kept.
///
/// ```
/// use resilient_runtime::Resource;
///
/// assert_eq!(Resource::named("core"), Resource::named(" Core"));
/// assert_ne!(Resource::named("core"), Resource::named("search"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource(u64);

impl Resource {
    /// The resource of this name. Case and surrounding spaces do not matter.
    pub fn named(name: &str) -> Self {
        // FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/
        let name = name.trim().bytes();
        Self(name.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            let hash = hash ^ u64::from(byte.to_ascii_lowercase());
            hash.wrapping_mul(0x0100_0000_01b3)
        }))
    }
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
