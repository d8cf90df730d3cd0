//! Models of the retry budget.

use crate::{clock::Moment, explore};
use loom::thread;
use sources::{Account, Budget};
use std::sync::Arc;

#[path = "account_sources.rs"]
pub(crate) mod sources;

const START: Moment = Moment(1_000_000_000);
const BUDGET: Budget = Budget::DEFAULT;

/// One that pays for one more retry after a fault. Made before the threads, like all that is in it.
fn nearly_empty() -> Arc<Account> {
    let account = Arc::new(Account::new());
    for _ in 0..19 {
        account.charge(BUDGET, sources::FAULT, START);
    }
    account
}

/// What successes earn and failed retries pay is all counted, in whatever order.
pub fn nothing_is_lost() {
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
                    account.charge(BUDGET, sources::FAULT, START);
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
pub fn an_empty_account_stays_empty() {
    explore(3, || {
        let account = nearly_empty();
        let retry = |account: &Account| {
            if account.affords(BUDGET, sources::FAULT, START) {
                account.charge(BUDGET, sources::FAULT, START);
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
        assert!(!account.affords(BUDGET, sources::FAULT, START));
    });
}

/// The same time is paid once, whoever asks for it first.
pub fn time_pays_once() {
    explore(3, || {
        let account = nearly_empty();
        let later = START.after(std::time::Duration::from_secs(20));
        let thread = thread::spawn({
            let account = Arc::clone(&account);
            move || account.affords(BUDGET, sources::FAULT, later)
        });
        account.affords(BUDGET, sources::FAULT, later);
        thread.join().unwrap();
        let balance = account.balance(BUDGET, later);
        assert!((balance - 3.0).abs() < f64::EPSILON, "{balance}");
    });
}
