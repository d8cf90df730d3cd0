//! Models of the retry budget.

use super::explore;
use crate::{
    Class,
    budget::{Budget, balance::Balance},
    clock::Moment,
};
use loom::thread;
use std::sync::Arc;

const START: Moment = Moment(1_000_000_000);
const BUDGET: Budget = Budget::DEFAULT;
const FAULT: Class = Class::ServerError;

/// A balance that pays for one more retry after a failure other than overload. Created before the
/// threads, with its contents.
fn nearly_empty() -> Arc<Balance> {
    let balance = Arc::new(Balance::new());
    for _ in 0..19 {
        balance.withdraw(BUDGET, FAULT, START);
    }
    balance
}

/// Deposits and withdrawals are all counted, in any order.
#[test]
fn balance_loses_nothing_between_threads() {
    explore(3, || {
        let balance = nearly_empty();
        let threads = [
            thread::spawn({
                let balance = Arc::clone(&balance);
                move || balance.deposit(BUDGET)
            }),
            thread::spawn({
                let balance = Arc::clone(&balance);
                move || {
                    balance.withdraw(BUDGET, FAULT, START);
                }
            }),
        ];
        balance.refund(2_000);
        for thread in threads {
            thread.join().unwrap();
        }
        assert!((balance.level(BUDGET, START) - 3.0).abs() < f64::EPSILON);
    });
}

/// Concurrent checks and withdrawals overdraw by at most the retries in flight, and the balance
/// never wraps.
#[test]
fn empty_balance_pays_for_nothing() {
    explore(3, || {
        let balance = nearly_empty();
        let retry = |balance: &Balance| {
            if balance.can_afford(BUDGET, FAULT, START) {
                balance.withdraw(BUDGET, FAULT, START);
            }
        };
        let thread = thread::spawn({
            let balance = Arc::clone(&balance);
            move || retry(&balance)
        });
        retry(&balance);
        thread.join().unwrap();
        let level = balance.level(BUDGET, START);
        assert!((-1.0..=0.0).contains(&level), "{level}");
        assert!(!balance.can_afford(BUDGET, FAULT, START));
    });
}

/// The same interval refills once, whichever thread asks first.
#[test]
fn balance_refills_once_per_interval() {
    explore(3, || {
        let balance = nearly_empty();
        let later = START.after(std::time::Duration::from_secs(20));
        let thread = thread::spawn({
            let balance = Arc::clone(&balance);
            move || balance.can_afford(BUDGET, FAULT, later)
        });
        balance.can_afford(BUDGET, FAULT, later);
        thread.join().unwrap();
        let level = balance.level(BUDGET, later);
        assert!((level - 3.0).abs() < f64::EPSILON, "{level}");
    });
}
