//! The count of the items that have ended.

use crate::Class;

/// The numbers of items that have succeeded and failed, and that an earlier run has done.
#[derive(Debug, Default)]
pub(super) struct Tally {
    succeeded: usize,
    failed: usize,
    skipped: usize,
    failures: Vec<(Class, usize)>,
}

impl Tally {
    pub(super) const fn succeeded(&mut self) {
        self.succeeded = self.succeeded.saturating_add(1);
    }

    /// Returns how many have failed.
    pub(super) fn failed(&mut self, class: Class) -> usize {
        self.failed = self.failed.saturating_add(1);
        match self.failures.iter_mut().find(|(it, _)| *it == class) {
            Some((_, number)) => *number = number.saturating_add(1),
            None => self.failures.push((class, 1)),
        }
        self.failed
    }

    pub(super) const fn skipped(&mut self) {
        self.skipped = self.skipped.saturating_add(1);
    }

    pub(super) const fn all_skipped(&self) -> usize {
        self.skipped
    }

    pub(super) const fn all_succeeded(&self) -> usize {
        self.succeeded
    }

    pub(super) const fn all_failed(&self) -> usize {
        self.failed
    }

    /// The failed ones, the most frequent class first.
    pub(super) fn by_class(&self) -> Vec<(Class, usize)> {
        let mut failures = self.failures.clone();
        failures.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        failures
    }
}
