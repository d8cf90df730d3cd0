//! Models of the retry budget.

use super::explore;
use crate::{
    Class,
    clock::Moment,
    upstream::{Account, Budget},
};
use loom::thread;
use std::sync::Arc;

const START: Moment = Moment(1_000_000_000);
const BUDGET: Budget = Budget::DEFAULT;
const FAULT: Class = Class::ServerError;

/// One that pays for one more retry after a fault. Made before the threads, like all that is in it.
fn nearly_empty() -> Arc<Account> {
    let account = Arc::new(Account::new());
    for _ in 0..19 {
        account.charge(BUDGET, FAULT, START);
    }
    account
}

/// What successes earn and failed retries pay is all counted, in whatever order.
#[test]
fn nothing_is_lost_between_threads() {
    explore(3, || {
        let account = nearly_empty();
        let threads = [
            thread::spawn({
                let account = Arc::clone(&account);
                move || account.earn(BUDGET)
            }),
            thread::spawn({
                let account = Arc::clone(&account);
                move || {
                    account.charge(BUDGET, FAULT, START);
                }
            }),
        ];
        account.put(2_000);
        for thread in threads {
            thread.join().unwrap();
        }
        assert!((account.balance(BUDGET, START) - 3.0).abs() < f64::EPSILON);
    });
}

/// Who looks and who pays at one time overdraw by what is in flight and no more, and the account never wraps.
#[test]
fn an_empty_account_pays_nobody() {
    explore(3, || {
        let account = nearly_empty();
        let retry = |account: &Account| {
            if account.affords(BUDGET, FAULT, START) {
                account.charge(BUDGET, FAULT, START);
            }
        };
        let thread = thread::spawn({
            let account = Arc::clone(&account);
            move || retry(&account)
        });
        retry(&account);
        thread.join().unwrap();
        let balance = account.balance(BUDGET, START);
        assert!((-1.0..=0.0).contains(&balance), "{balance}");
        assert!(!account.affords(BUDGET, FAULT, START));
    });
}

/// The same time is paid once, whoever asks for it first.
#[test]
fn time_is_paid_once() {
    explore(3, || {
        let account = nearly_empty();
        let later = START.after(std::time::Duration::from_secs(20));
        let thread = thread::spawn({
            let account = Arc::clone(&account);
            move || account.affords(BUDGET, FAULT, later)
        });
        account.affords(BUDGET, FAULT, later);
        thread.join().unwrap();
        let balance = account.balance(BUDGET, later);
        assert!((balance - 3.0).abs() < f64::EPSILON, "{balance}");
    });
}
