//! The credits of a recovery.

use super::*;
use crate::budget::Budget;

/// A retry that was released by one of the four credits of a success, and is not sent.
fn released() -> (Recovery, Ticket) {
    let mut recovery = Recovery::default();
    recovery.succeeded(None, Moment(1_000));
    recovery.credits = recovery.credits.saturating_sub(ATTEMPT);
    let terms = RetryTerms::new(Budget::DEFAULT, Class::Overloaded, None);
    let ticket = recovery.enqueue(terms, Waker::noop().clone());
    recovery.queue.clear();
    let release = Release {
        by: ReleasedBy::Credit,
        paid: 0,
        start: Moment(1_000),
        since: Moment(1_000),
        failures: recovery.failures,
    };
    recovery.released.insert(ticket, release);
    (recovery, ticket)
}

#[test]
fn the_credit_of_a_release_that_is_not_used_is_restored() {
    let (mut recovery, ticket) = released();
    recovery.cancel(ticket);
    assert_eq!(recovery.credits, CREDITS);
}

#[test]
fn f190_a_credit_that_a_failure_has_cancelled_does_not_come_back() {
    let (mut recovery, ticket) = released();
    recovery.failed(Class::Overloaded, None, Moment(2_000));
    let terms = RetryTerms::new(Budget::DEFAULT, Class::Overloaded, None);
    recovery.revoke(ticket, terms, Waker::noop().clone());
    assert_eq!(recovery.credits, 0);
    assert!(recovery.released.is_empty());
}
