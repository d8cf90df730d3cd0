//! The parameters of a retry that asks for its release.

use crate::{Class, budget::settings::Budget};
use std::time::Duration;

/// The parameters of a retry that asks for its release.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryTerms {
    pub(crate) budget: Budget,
    /// The class of the failure that the retry follows.
    pub(crate) class: Class,
    /// The unit of all waits: the policy's `initial`, from 10 ms to 1 s.
    pub(crate) scale: Duration,
}

impl RetryTerms {
    /// `initial` is the first wait of the policy's backoff; `None` for a schedule of the call's
    /// own.
    pub(crate) fn new(budget: Budget, class: Class, initial: Option<Duration>) -> Self {
        let scale = initial.map_or(LONGEST_SCALE, |initial| {
            initial.clamp(SHORTEST_SCALE, LONGEST_SCALE)
        });
        Self {
            budget,
            class,
            scale,
        }
    }
}

pub(super) const SHORTEST_SCALE: Duration = Duration::from_millis(10);
pub(super) const LONGEST_SCALE: Duration = Duration::from_secs(1);
