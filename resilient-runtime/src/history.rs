//! What happened in a call: the record that a final failure carries.

use crate::{
    Class, Classification, Redacted, ReleasedBy,
    decide::{DelaySource, GiveUp},
};
use std::{fmt, time::Duration};

/// The failed attempts of a call, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct History {
    /// The failed attempts, the oldest first. A call with very many keeps the last
    /// [`KEPT`](Self::KEPT), whose numbers then do not start at 1.
    pub attempts: Vec<FailedAttempt>,
    /// The time from the start of the call to its end.
    pub elapsed: Duration,
    /// Why the call ended; none while it goes on and where the deadline cut an attempt.
    pub gave_up: Option<GiveUp>,
}

impl History {
    /// How many attempts are kept.
    pub const KEPT: usize = 32;

    pub(crate) fn push(&mut self, attempt: FailedAttempt) {
        if self.attempts.len() >= Self::KEPT {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }
}

/// One attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// Its number in the call, from 1.
    pub number: u32,
    /// What it failed with.
    pub class: Class,
    /// The HTTP status code, if there was one.
    pub status: Option<u16>,
    /// The provider's code for the failure, such as `insufficient_quota`.
    pub code: Option<Redacted>,
    /// The message of the server or the client.
    pub message: Option<Redacted>,
    /// The time from the start of the call to this failure.
    pub elapsed: Duration,
    /// The wait after it; none where the call ended.
    pub delay: Option<Duration>,
    /// Who named that wait.
    pub source: Option<DelaySource>,
    /// How long the retry waited for the [retry budget](crate::Budget) after that; none where it did not.
    pub deferred: Option<Duration>,
    /// The kind of release that ended that wait; none where the call gave up.
    pub released_by: Option<ReleasedBy>,
    /// The request id of the server.
    pub request_id: Option<Redacted>,
}

impl FailedAttempt {
    pub(crate) fn new(number: u32, failure: &Classification, elapsed: Duration) -> Self {
        Self {
            number,
            class: failure.class,
            status: failure.status,
            code: failure.code.clone(),
            message: failure.message.clone(),
            elapsed,
            delay: None,
            source: None,
            deferred: None,
            released_by: None,
            request_id: failure.request_id.clone(),
        }
    }
}

/// The class, the status and the message.
impl fmt::Display for FailedAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.class.fmt(f)?;
        if let Some(status) = self.status {
            write!(f, " ({status})")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}
