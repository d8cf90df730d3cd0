//! The record of the calls of a test.

use super::Step;
use crate::{GiveUp, event::Event};
use std::{fmt, time::Duration};

/// The steps of the calls of a test, in order. Its `Display` has a line for each step, and no times
/// but those that a policy or a server names, so that it can be compared with a stored one.
///
/// The assertions panic with the whole record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace(Vec<Recorded>);

/// A step, and the call that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    call: Option<&'static str>,
    step: Step,
}

impl Recorded {
    /// The step that an event tells of, if it is one.
    pub(super) fn of(event: &Event<'_>) -> Option<Self> {
        Some(Self {
            call: event.function(),
            step: Step::of(event)?,
        })
    }
}

impl Trace {
    pub(super) const fn of(steps: Vec<Recorded>) -> Self {
        Self(steps)
    }

    /// The steps of all calls.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().map(|recorded| &recorded.step)
    }

    /// The part of the function with this name, such as `app::ask`.
    #[must_use]
    pub fn of_call(&self, name: &str) -> Self {
        let steps = self.0.iter().filter(|it| it.call == Some(name));
        Self(steps.cloned().collect())
    }

    /// The number of attempts that have ended.
    pub fn attempts(&self) -> usize {
        let ended = |step: &&Step| matches!(step, Step::Failed { .. } | Step::Succeeded { .. });
        self.steps().filter(ended).count()
    }

    /// The waits before retries.
    pub fn delays(&self) -> Vec<Duration> {
        let delay = |step: &Step| match step {
            Step::Retrying { delay, .. } => Some(*delay),
            _ => None,
        };
        self.steps().filter_map(delay).collect()
    }

    /// Why the last call that gave up did.
    pub fn gave_up(&self) -> Option<GiveUp> {
        let reason = |step: &Step| match step {
            Step::GaveUp(reason) => Some(*reason),
            _ => None,
        };
        self.steps().filter_map(reason).last()
    }

    /// # Panics
    /// If another number of attempts has ended.
    #[track_caller]
    pub fn assert_attempts(&self, expected: usize) {
        let attempts = self.attempts();
        assert!(
            attempts == expected,
            "expected {expected} attempts, and there were {attempts}:\n{self}"
        );
    }

    /// # Panics
    /// If there was a retry.
    #[track_caller]
    pub fn assert_no_retry(&self) {
        let is_retry = |step: &Step| matches!(step, Step::Retrying { .. });
        assert!(
            !self.steps().any(is_retry),
            "expected no retry, and there was one:\n{self}"
        );
    }

    /// # Panics
    /// If no call gave up, or the last one for another reason.
    #[track_caller]
    pub fn assert_gave_up(&self, reason: GiveUp) {
        let gave_up = self.gave_up();
        assert!(
            gave_up == Some(reason),
            "expected that the call gives up ({reason}), and {}:\n{self}",
            gave_up.map_or("it did not".to_owned(), |other| format!(
                "the reason was: {other}"
            ))
        );
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no call");
        }
        for (at, Recorded { call, step }) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            if let Some(call) = call {
                write!(f, "{call}: ")?;
            }
            write!(f, "{step}")?;
        }
        Ok(())
    }
}
