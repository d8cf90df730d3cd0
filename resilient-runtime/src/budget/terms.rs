//! The parameters of a retry that asks for its release.

use crate::{Class, budget::settings::Budget};
use std::time::Duration;

/// The parameters of a retry that asks for its release.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryTerms {
    pub(crate) budget: Budget,
    /// The class of the failure that the retry follows.
    pub(crate) class: Class,
    /// The first wait of the policy's backoff, or the longest scale for a schedule of the call's
    /// own.
    initial: Duration,
}

impl RetryTerms {
    /// `initial` is the first wait of the policy's backoff; `None` for a schedule of the call's
    /// own.
    #[inline]
    pub(crate) fn new(budget: Budget, class: Class, initial: Option<Duration>) -> Self {
        Self {
            budget,
            class,
            initial: initial.unwrap_or(LONGEST_SCALE),
        }
    }

    /// The unit of all waits: the policy's `initial`, from 10 ms to 1 s.
    pub(crate) fn scale(&self) -> Duration {
        self.initial.clamp(SHORTEST_SCALE, LONGEST_SCALE)
    }
}

pub(super) const SHORTEST_SCALE: Duration = Duration::from_millis(10);
pub(super) const LONGEST_SCALE: Duration = Duration::from_secs(1);
