#![allow(clippy::arithmetic_side_effects, reason = "test code fails loudly")]

use super::*;
use std::{sync::Arc, thread};

const START: Moment = Moment(1_000_000_000);

const BUDGET: Budget = Budget::DEFAULT;

fn later(seconds: u64) -> Moment {
    START.after(Duration::from_secs(seconds))
}

fn balance() -> Balance {
    let balance = Balance::new();
    assert!(balance.can_afford(BUDGET, Class::Overloaded, START));
    balance
}

/// Failed retries until no more can be paid for.
fn retries(balance: &Balance, class: Class, now: Moment) -> u32 {
    retries_of(BUDGET, balance, class, now)
}

fn retries_of(budget: Budget, balance: &Balance, class: Class, now: Moment) -> u32 {
    let mut made = 0;
    while balance.can_afford(budget, class, now) {
        balance.withdraw(budget, class, now);
        made += 1;
        assert!(made < 1_000, "there is no end");
    }
    made
}

#[test]
fn full_balance_pays_four_retries_after_overload_or_twenty_after_other_failures() {
    for class in [
        Class::Overloaded,
        Class::RateLimited,
        Class::Timeout,
        Class::GatewayTimeout,
    ] {
        assert_eq!(retries(&balance(), class, START), 4, "{class}");
    }
    for class in [
        Class::ServerError,
        Class::BadGateway,
        Class::Connect,
        Class::Network,
        Class::Dns,
    ] {
        assert_eq!(retries(&balance(), class, START), 20, "{class}");
    }
}

#[test]
fn five_successes_pay_for_one_failed_retry_after_overload() {
    let balance = balance();
    retries(&balance, Class::Overloaded, START);
    for _ in 0..4 {
        balance.deposit(BUDGET);
        assert!(!balance.can_afford(BUDGET, Class::Overloaded, START));
    }
    balance.deposit(BUDGET);
    assert_eq!(retries(&balance, Class::Overloaded, START), 1);
}

#[test]
fn percentage_is_the_retries_that_a_hundred_successes_pay_for() {
    for (percent, retries_of_100) in [(1, 1), (10, 10), (20, 20), (50, 50), (100, 100), (500, 100)]
    {
        let budget = Budget::percent(percent);
        let balance = Balance::new();
        assert_eq!(retries_of(budget, &balance, Class::Overloaded, START), 4);
        let mut made = 0;
        for _ in 0..100 {
            balance.deposit(budget);
            made += retries_of(budget, &balance, Class::Overloaded, START);
        }
        assert_eq!(made, retries_of_100, "{percent}");
    }
}

#[test]
fn balance_refills_one_unit_in_ten_seconds_and_not_retroactively() {
    let balance = balance();
    // A full balance that is emptied later gets no refill for the time when it was full.
    let day = later(86_400);
    assert_eq!(retries(&balance, Class::ServerError, day), 20);
    assert!(!balance.can_afford(
        BUDGET,
        Class::ServerError,
        day.after(Duration::from_millis(9_980))
    ));
    assert!(balance.can_afford(
        BUDGET,
        Class::ServerError,
        day.after(Duration::from_secs(10))
    ));
    assert_eq!(
        retries(
            &balance,
            Class::ServerError,
            day.after(Duration::from_secs(50))
        ),
        5
    );
    assert_eq!(
        retries(
            &balance,
            Class::ServerError,
            day.after(Duration::from_secs(100_000))
        ),
        20
    );
}

#[test]
fn balance_does_not_refill_when_the_clock_goes_back() {
    let balance = balance();
    retries(&balance, Class::ServerError, later(1_000));
    assert!(!balance.can_afford(BUDGET, Class::ServerError, later(10)));
    assert!(!balance.can_afford(BUDGET, Class::ServerError, later(1_000)));
    assert!(balance.can_afford(BUDGET, Class::ServerError, later(1_010)));
    assert!(Balance::new().can_afford(BUDGET, Class::Overloaded, Moment(u64::MAX)));
}

#[test]
fn balance_never_falls_below_its_negative_cap() {
    let balance = balance();
    for _ in 0..1_000 {
        balance.withdraw(BUDGET, Class::Overloaded, START);
    }
    assert!((balance.level(BUDGET, START) + 20.0).abs() < f64::EPSILON);
    // A success cancels the debt: the server has recovered, regardless of earlier failures.
    assert!(!balance.can_afford(BUDGET, Class::ServerError, START));
    balance.deposit(BUDGET);
    assert!((balance.level(BUDGET, START) - 1.0).abs() < f64::EPSILON);
    assert!(balance.can_afford(BUDGET, Class::ServerError, START));
}

#[test]
fn unlimited_budget_can_afford_everything() {
    let balance = balance();
    retries(&balance, Class::Overloaded, START);
    for _ in 0..1_000 {
        assert!(balance.can_afford(Budget::NONE, Class::Overloaded, START));
        assert_eq!(balance.withdraw(Budget::NONE, Class::Overloaded, START), 0);
    }
    // Withdrawals of other budgets from a shared balance remain.
    assert!(!balance.can_afford(BUDGET, Class::Overloaded, START));
    balance.deposit(BUDGET);
}

#[cfg(feature = "sharing")]
#[test]
fn a_balance_follows_that_of_all_and_keeps_what_has_changed_since_it_was_told() {
    let balance = balance();
    balance.withdraw(BUDGET, Class::Overloaded, START);
    let told = balance.missing(START);
    assert_eq!(told.amount(), 5_000);
    balance.withdraw(BUDGET, Class::ServerError, START);
    // All others have withdrawn ten, and this one another since.
    balance.follow(15_000, told, later(1));
    assert_eq!(balance.missing(later(1)).amount(), 16_000);
    let change = |at| {
        balance
            .missing(at)
            .change_since(Missing::new(15_000, later(1)))
    };
    assert_eq!((change(later(1)), change(later(1_000))), (1_000, 0));
    // Nothing that another store answers is out of bounds.
    for all in [u64::MAX, 0] {
        balance.follow(all, balance.missing(later(1)), later(1));
        assert_eq!(balance.missing(later(1)).amount(), all.min(MISSING_MASK));
    }
}

#[test]
fn balance_loses_nothing_between_threads() {
    let balance = Arc::new(balance());
    retries(&balance, Class::ServerError, START);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let balance = Arc::clone(&balance);
            thread::spawn(move || {
                for _ in 0..10_000 {
                    balance.refund(3);
                    balance.withdraw(BUDGET, Class::ServerError, START);
                    balance.refund(UNIT - 3);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap_or_else(|_| unreachable!());
    }
    assert!(balance.level(BUDGET, START).abs() < f64::EPSILON);
}
