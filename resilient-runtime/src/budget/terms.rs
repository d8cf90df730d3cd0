//! The parameters of a retry that asks for its release.

use crate::{Class, Policy, budget::settings::Budget};
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
    /// `own_schedule`: the waits do not come from the policy's backoff.
    pub(crate) fn new(policy: &Policy, class: Class, own_schedule: bool) -> Self {
        let scale = if own_schedule {
            LONGEST_SCALE
        } else {
            policy.backoff.initial.clamp(SHORTEST_SCALE, LONGEST_SCALE)
        };
        Self {
            budget: policy.budget,
            class,
            scale,
        }
    }
}

pub(super) const SHORTEST_SCALE: Duration = Duration::from_millis(10);
pub(super) const LONGEST_SCALE: Duration = Duration::from_secs(1);
