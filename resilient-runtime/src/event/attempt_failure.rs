//! A failed attempt in events.

use crate::Classification;
use std::{borrow::Cow, time::Duration};

/// A failed attempt, as every event about it records it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptFailure<'a> {
    /// The failure. Its texts are redacted.
    pub failure: Cow<'a, Classification>,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// All attempts that a failure of its class leaves.
    pub attempts: u32,
    /// The time since the start of the call.
    pub elapsed: Duration,
    /// The time of this attempt; zero if it was not sent.
    pub took: Duration,
}
