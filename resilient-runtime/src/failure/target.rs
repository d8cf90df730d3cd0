//! A target of a failover, as plain data.

use crate::Redacted;
use std::fmt;

/// One of the targets of a [`Failover`](crate::Failover): an upstream, and a name.
///
/// The body of a function gets it from
/// [`FailoverContext::target`](crate::FailoverContext::target), and sends its request there.
#[derive(Clone, Copy)]
pub struct Target(pub(crate) &'static TargetName);

/// The names of a target.
#[derive(PartialEq, Eq)]
pub(crate) struct TargetName {
    pub(crate) upstream: &'static str,
    pub(crate) name: &'static str,
    /// Its place in the order of preference, from 0.
    pub(crate) index: u8,
}

impl Target {
    /// Outside any attempt.
    pub(crate) const NONE: Self = Self(&TargetName {
        upstream: "",
        name: "",
        index: 0,
    });

    /// The name of its upstream.
    pub const fn upstream(self) -> &'static str {
        self.0.upstream
    }

    /// Its name at this upstream: the second argument of [`Failover::to`](crate::Failover::to),
    /// such as a model, a region or the name of a key.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Its place in the order of preference, from 0.
    pub const fn index(self) -> usize {
        self.0.index as usize
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Target {}

/// `upstream/name`, without anything that looks like a secret.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Redacted::from(format!("{}/{}", self.0.upstream, self.0.name).as_str());
        f.pad(text.as_str())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self})")
    }
}
