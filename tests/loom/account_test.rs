//! The models of the retry budget.

use resilient_loom::account;

#[test]
fn nothing_is_lost_between_threads() {
    account::nothing_is_lost();
}

#[test]
fn an_empty_account_pays_nobody() {
    account::an_empty_account_stays_empty();
}

#[test]
fn time_is_paid_once() {
    account::time_pays_once();
}
