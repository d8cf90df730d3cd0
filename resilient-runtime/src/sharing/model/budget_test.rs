#![allow(clippy::unwrap_used, reason = "test code fails loudly")]

use super::kit_test::{Kit, replica};
use crate::sharing::{BudgetReport, Limits, Report};

const MOST: u64 = 40_000;

fn told(number: u64, change: i64) -> Report {
    let mut report = replica(number, Limits::default());
    report.budget = Some(BudgetReport {
        change,
        missing: change.unsigned_abs(),
        most: MOST,
    });
    report
}

#[test]
fn what_replicas_withdraw_is_missing_for_all_and_comes_back_in_ten_seconds_each() {
    let mut kit = Kit::new();
    assert_eq!(kit.settle(&told(1, 0)).missing, 0);
    assert_eq!(kit.settle(&told(1, 5_000)).missing, 5_000);
    assert_eq!(kit.settle(&told(2, 5_000)).missing, 10_000);
    assert_eq!(kit.settle(&told(2, -1_000)).missing, 9_000);
    // A replica that does not share it changes nothing, and time goes on.
    kit.clock += 10.0;
    let other = replica(3, Limits::default());
    assert_eq!(kit.settle(&other).missing, 8_000);
    kit.clock += 20.0;
    assert_eq!(kit.beat(&told(1, 0)).missing, 6_000);
    kit.clock += 1e6;
    assert_eq!(kit.settle(&told(1, 1_000)).missing, 1_000);
}

#[test]
fn no_more_is_missing_than_the_most_and_never_less_than_nothing() {
    let mut kit = Kit::new();
    kit.settle(&told(1, 0));
    for change in [i64::MAX, i64::MAX] {
        assert_eq!(kit.settle(&told(1, change)).missing, MOST);
    }
    for change in [i64::MIN, i64::MIN] {
        assert_eq!(kit.settle(&told(1, change)).missing, 0);
    }
}

#[test]
fn a_store_that_has_lost_its_data_takes_the_balance_of_the_first_replica() {
    let mut kit = Kit::new();
    kit.settle(&told(1, 0));
    kit.settle(&told(1, 9_000));
    kit = Kit::new();
    let mut report = told(2, 0);
    report.budget.as_mut().unwrap().missing = 8_000;
    assert_eq!(kit.settle(&report).missing, 8_000);
    assert_eq!(kit.settle(&report).missing, 8_000);
    // A clock that goes back refills nothing.
    kit.clock -= 100.0;
    assert_eq!(kit.settle(&report).missing, 8_000);
}
