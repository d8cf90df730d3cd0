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
        match self {
            Self::None => *self = Self::One(attempt),
            Self::One(_) => {
                let mut attempts = std::mem::take(self).into_vec();
                attempts.push(attempt);
                *self = Self::Many(attempts);
            }
            Self::Many(attempts) => {
                if attempts.len() >= History::KEPT {
                    attempts.remove(0);
                }
                attempts.push(attempt);
            }
        }
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

    /// All of them and the last one.
    pub(crate) fn with_last(mut self, attempt: FailedAttempt) -> Vec<FailedAttempt> {
        if let Self::None = self {
            return vec![attempt];
        }
        self.push(attempt);
        self.into_vec()
    }

    pub(crate) fn into_vec(self) -> Vec<FailedAttempt> {
        match self {
            Self::None => Vec::new(),
            Self::One(attempt) => {
                let mut attempts = Vec::with_capacity(2);
                attempts.push(attempt);
                attempts
            }
            Self::Many(attempts) => attempts,
        }
    }
}
