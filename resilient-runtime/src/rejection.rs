//! What the library itself raises: [`Rejection`].

use crate::{Class, Classification, FailedAttempt, History};
use std::{fmt, time::Duration};

/// A failure that does not come from the call's body: an attempt took too long, or the call as a whole.
///
/// The function's error type has to be able to hold one: `E: From<Rejection>`. For `anyhow::Error` and boxed
/// errors that is so; an enum gets one more variant; a foreign error type goes into
/// [`CallError`](crate::CallError).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    class: Class,
    limit: Duration,
    wait: Option<Duration>,
    history: Box<History>,
}

impl Rejection {
    /// An attempt that took longer than `limit`.
    pub(crate) fn timeout(limit: Duration) -> Self {
        Self {
            class: Class::Timeout,
            limit,
            wait: None,
            history: Box::default(),
        }
    }

    /// A call that took longer than `limit`.
    pub(crate) fn deadline(limit: Duration) -> Self {
        Self {
            class: Class::Deadline,
            limit,
            wait: None,
            history: Box::default(),
        }
    }

    pub(crate) fn with_history(mut self, history: History) -> Self {
        *self.history = history;
        self
    }

    /// What was rejected: [`Class::Timeout`] for an attempt, [`Class::Deadline`] for the call.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The bound that was reached.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// The wait after which another try would be let through; none where no wait helps.
    pub fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// The attempts of the call, where it was rejected in the middle of them.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// What a `Classify` implementation returns for this.
    ///
    /// `Rejection` has this method instead of the trait, so that
    /// [`CallError`](crate::CallError) can be made from both a rejection and a classified error.
    pub fn classification(&self) -> Classification {
        Classification::new(self.class).message(&self.summary())
    }

    fn summary(&self) -> String {
        let limit = self.limit;
        match self.class {
            Class::Deadline => format!("the call did not finish within {limit:?}"),
            _ => format!("the attempt did not finish within {limit:?}"),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        // The failure before the bound was reached is the one that tells why.
        let earlier = |attempt: &&FailedAttempt| attempt.class != self.class;
        match self.history.attempts.iter().rev().find(earlier) {
            Some(earlier) => write!(f, "; attempt {} had ended in {earlier}", earlier.number),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Rejection {}

impl From<Rejection> for std::io::Error {
    fn from(rejection: Rejection) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, rejection)
    }
}

impl From<Rejection> for String {
    fn from(rejection: Rejection) -> Self {
        rejection.to_string()
    }
}

impl From<Rejection> for () {
    fn from(_: Rejection) {}
}
