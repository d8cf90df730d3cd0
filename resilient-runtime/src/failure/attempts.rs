//! The failed attempts of a call in progress.

use super::{FailedAttempt, History};

/// The failed attempts of a call in progress. Few calls fail more than once, and each call that
/// waits holds this, so the first has its place here.
#[derive(Debug, Default)]
pub(crate) enum Attempts {
    #[default]
    None,
    One(FailedAttempt),
    Many(Vec<FailedAttempt>),
}

impl Attempts {
    /// Adds an attempt. Only the last [`History::KEPT`] are kept.
    pub(crate) fn push(&mut self, attempt: FailedAttempt) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(attempt),
            Self::One(first) => Self::Many(vec![first, attempt]),
            Self::Many(mut attempts) => {
                if attempts.len() >= History::KEPT {
                    attempts.remove(0);
                }
                attempts.push(attempt);
                Self::Many(attempts)
            }
        };
    }

    pub(crate) fn as_slice(&self) -> &[FailedAttempt] {
        match self {
            Self::None => &[],
            Self::One(attempt) => std::slice::from_ref(attempt),
            Self::Many(attempts) => attempts,
        }
    }

    pub(crate) fn last(&self) -> Option<&FailedAttempt> {
        self.as_slice().last()
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut FailedAttempt> {
        match self {
            Self::None => None,
            Self::One(attempt) => Some(attempt),
            Self::Many(attempts) => attempts.last_mut(),
        }
    }

    pub(crate) fn into_vec(self) -> Vec<FailedAttempt> {
        match self {
            Self::None => Vec::new(),
            Self::One(attempt) => vec![attempt],
            Self::Many(attempts) => attempts,
        }
    }
}
