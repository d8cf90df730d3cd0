//! Failures on which calls have used up their retries, for the attempts around those calls.

use super::AMBIENT;
use crate::Classification;
use std::{cell::RefCell, collections::VecDeque};

thread_local! {
    /// The latest ones: those of the innermost attempt are the last ones.
    static USED_UP: RefCell<VecDeque<UsedUp>> = const { RefCell::new(VecDeque::new()) };
}

/// More are not kept: those of calls without an attempt around them are never taken.
const MOST_USED_UP: usize = 1_024;

/// A failure on which a call has used up its retries. The attempt around that call recognises it
/// where it does not say so itself.
pub(crate) struct UsedUp {
    fingerprint: u64,
    /// The name of the type of its error, if that says so and has nothing that identifies it: an
    /// error of this type that does not say so is another failure. A conversion to another type may
    /// lose that.
    says_so_as: Option<&'static str>,
}

impl UsedUp {
    /// Whether this is the failure with this fingerprint, which does not say that it is used up, of
    /// an error of this type.
    pub(crate) fn is(&self, fingerprint: u64, error_type: &'static str) -> bool {
        self.fingerprint == fingerprint && self.says_so_as != Some(error_type)
    }
}

/// A call has used up its retries on this failure; see [`UsedUp::says_so_as`] for the name
/// of the type of its error.
#[cold]
pub(crate) fn used_up(failure: &Classification, says_so_as: Option<&'static str>) {
    USED_UP.with_borrow_mut(|failures| {
        if failures.len() >= MOST_USED_UP {
            failures.pop_front();
        }
        failures.push_back(UsedUp {
            fingerprint: failure.fingerprint(),
            says_so_as,
        });
    });
    AMBIENT.with(|ambient| ambient.used_up.set(ambient.used_up.get().wrapping_add(1)));
}

/// The failures on which calls have used up their retries, after the first `noted` ones.
#[cold]
pub(crate) fn take_used_up(noted: usize) -> Vec<UsedUp> {
    let taken = AMBIENT
        .with(|ambient| ambient.used_up.replace(noted))
        .wrapping_sub(noted);
    USED_UP.with_borrow_mut(|failures| {
        let left = failures.len().saturating_sub(taken);
        failures.drain(left..).collect()
    })
}

#[cfg(test)]
#[path = "used_up_test.rs"]
mod tests;
