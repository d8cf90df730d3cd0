//! The failures raised by this crate: [`Rejection`].

mod constructors;

use super::{
    reason::{ReachedCap, Reason},
    stream_failure::StreamFailure,
};
use crate::{
    Class, Classification, FailedAttempt, History, Processed, Retryable, ServerWait, WaitOrigin,
};
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// A failure that does not come from the call's body: an attempt or the whole call took too long,
/// or the upstream did not admit it.
///
/// The function's error type has to hold it: [`FromRejection`](crate::FromRejection).
/// `anyhow::Error`, boxed errors and those of some clients do; an enum needs one more variant; any
/// other foreign error type is wrapped in [`CallError`](crate::CallError).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    history: Box<History>,
}

impl Rejection {
    /// True if it stands for a failure of the body, to which a history is attached.
    pub(crate) const fn is_injected(&self) -> bool {
        match self.reason {
            #[cfg(any(feature = "chaos", feature = "testing"))]
            Reason::Injected(_) => true,
            _ => false,
        }
    }

    /// Attaches the history if it is injected: one that the library has raised holds its own.
    pub(crate) fn attach(&mut self, history: History) {
        if self.is_injected() {
            *self.history = history;
        }
    }

    pub(crate) fn set_history(&mut self, history: History) {
        *self.history = history;
    }

    fn because(reason: Reason) -> Self {
        Self {
            reason,
            history: Box::default(),
        }
    }

    pub(crate) fn with_history(mut self, history: History) -> Self {
        *self.history = history;
        self
    }

    /// The class: [`Class::Timeout`] for an attempt, [`Class::Deadline`] for the call, and
    /// [`Class::CircuitOpen`], [`Class::Throttled`], [`Class::AtCapacity`] or [`Class::CapReached`]
    /// for a rejection by an [`Upstream`](crate::Upstream); [`Class::Cancelled`] after a
    /// [`shutdown`](crate::shutdown()); [`Class::Decode`] for a batch with another number of
    /// results than items. The features `testing` and `chaos` inject any class.
    pub fn class(&self) -> Class {
        self.reason.class()
    }

    /// The time limit that was exceeded, if any.
    pub fn limit(&self) -> Option<Duration> {
        self.reason.limit()
    }

    /// The wait after which another attempt would be admitted; `None` if it is not known or no wait
    /// helps.
    pub fn wait(&self) -> Option<Duration> {
        self.reason.wait()
    }

    /// The time at which a cap that is reached is free again; `None` for other failures.
    pub fn free_at(&self) -> Option<SystemTime> {
        match &self.reason {
            Reason::CapReached(cap) => Some(cap.free_at),
            _ => None,
        }
    }

    /// The name of the upstream that rejected it.
    pub fn upstream(&self) -> Option<&str> {
        self.reason.upstream()
    }

    /// How many times a job was polled that was not ready at the deadline (`until = is_ready`);
    /// `None` for other failures.
    pub fn polls(&self) -> Option<u32> {
        match self.reason {
            Reason::NotReady { polls, .. } => Some(polls),
            _ => None,
        }
    }

    /// How many items of a stream were handed on before it broke; `None` unless it has broken.
    pub fn items(&self) -> Option<u64> {
        match self.reason {
            Reason::Stream(StreamFailure::Broken { items, .. }) => Some(items),
            _ => None,
        }
    }

    /// The failed attempts of the call, if it was rejected after some.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The classification, for a `Classify` implementation to return.
    ///
    /// `Rejection` has this method instead of the trait, so that [`CallError`](crate::CallError)
    /// can be made from both a rejection and a classified error.
    pub fn classification(&self) -> Classification {
        if let Reason::Failed(last) = &self.reason {
            return last.classification().retried(self.history.is_used_up());
        }
        #[cfg(any(feature = "chaos", feature = "testing"))]
        if let Reason::Injected(failure) = &self.reason {
            let retried = failure.retried || self.history.is_used_up();
            return failure.as_ref().clone().retried(retried);
        }
        let mut classification = Classification::new(self.class())
            .message(&self.reason.to_string())
            .retried(self.history.is_used_up());
        if let Reason::Stream(StreamFailure::Broken { cause, .. }) = &self.reason {
            // They say what to do, and whom to ask.
            classification.code.clone_from(&cause.code);
            classification.request_id.clone_from(&cause.request_id);
            if !cause.class.is_retried_by_default() {
                classification.retryable = Some(Retryable::No);
            }
        }
        let was_sent = |attempt: &FailedAttempt| attempt.processed != Processed::No;
        let is_unsent = self.upstream().is_some() || self.reason == Reason::ShutDown;
        let classification = match is_unsent {
            // Earlier attempts of the same call may have been processed.
            true if self.history.attempts.iter().any(was_sent) => {
                classification.processed(Processed::Maybe)
            }
            true => classification.processed(Processed::No),
            false => classification,
        };
        match self.wait() {
            Some(wait) => classification.wait(ServerWait::new(wait, WaitOrigin::Error)),
            None => classification,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reason)?;
        // The failure before the time limit shows the cause.
        let earlier = |attempt: &&FailedAttempt| attempt.class != self.class();
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

#[cfg(test)]
#[path = "rejection_test.rs"]
mod tests;
