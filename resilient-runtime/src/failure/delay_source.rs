//! The source of the wait after a failed attempt.

use super::WaitOrigin;
use std::fmt;

/// The source of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DelaySource {
    /// The policy's schedule.
    Schedule,
    /// The server, in this part of its response.
    Server(WaitOrigin),
    /// Another target of the [`Failover`](crate::Failover), which can serve after this wait.
    OtherTarget,
}

impl DelaySource {
    /// The name used in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Server(origin) => origin.as_str(),
            Self::OtherTarget => "other target",
        }
    }
}

impl fmt::Display for DelaySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
