//! Counters of caps, and a model of them that remembers everything.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "test code fails loudly"
)]

use super::*;
use crate::{
    cap::{CapPeriod, UtcOffset},
    random::seeded,
};
use std::{cell::Cell, thread};

/// 2026-11-29 08:21:22 UTC.
const NOW: i64 = 1_795_940_482;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

fn state(caps: &str) -> CapState {
    let state = CapState::new();
    state.set(&Caps::parse(caps).unwrap(), NOW);
    state
}

fn used(state: &CapState, now: i64) -> Vec<String> {
    let usage = state.usage(now);
    usage.iter().map(|it| it.used.to_string()).collect()
}

#[test]
fn requests_are_counted_up_to_the_cap_and_not_beyond() {
    let state = state("3 requests/hour");
    for taken in [true, true, true, false, false] {
        assert_eq!(state.take_request(NOW), taken);
    }
    state.give_back_request(NOW);
    assert!(state.take_request(NOW) && !state.take_request(NOW));
    assert!(state.take_request(NOW + HOUR));
    assert_eq!(used(&state, NOW + HOUR), ["1 requests"]);
}

#[test]
fn f369_threads_together_take_no_more_requests_than_the_cap() {
    let state = state("1000 requests/day, 5000 requests/month");
    let take = || (0..400).filter(|_| state.take_request(NOW)).count();
    let taken: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
        threads.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(taken, 1_000);
    assert_eq!(used(&state, NOW), ["1000 requests", "1000 requests"]);
}

#[test]
fn of_several_caps_the_one_that_ends_last_is_named() {
    let state = state("1 requests/hour, 10 tokens/day, 1 USD/month");
    assert!(state.take_request(NOW));
    let cap = |state: &CapState| state.reached(NOW).map(|it| it.cap.to_string());
    assert_eq!(cap(&state).as_deref(), Some("1 requests/hour"));
    state.spend(10, Some(Money::usd(0.5)), NOW);
    assert_eq!(cap(&state).as_deref(), Some("10 tokens/day"));
    state.spend(0, Some(Money::usd(0.5)), NOW);
    assert_eq!(cap(&state).as_deref(), Some("1 USD/month"));
    assert_eq!(used(&state, NOW), ["1 requests", "10 tokens", "1 USD"]);
}

#[test]
fn each_level_is_reported_once_a_window_and_the_higher_one_alone() {
    let state = state("100 tokens/day");
    let levels = |now| {
        let reports = state.take_reports(now);
        reports.iter().map(|it| it.level).collect::<Vec<_>>()
    };
    state.spend(79, None, NOW);
    assert_eq!(levels(NOW), []);
    state.spend(1, None, NOW);
    assert_eq!(levels(NOW), [Level::Nearing]);
    state.spend(19, None, NOW);
    assert_eq!(levels(NOW), []);
    state.spend(500, None, NOW);
    assert_eq!(levels(NOW), [Level::Reached]);
    state.spend(500, None, NOW);
    assert_eq!(levels(NOW), []);
    state.spend(500, None, NOW + DAY);
    assert_eq!(levels(NOW + DAY), [Level::Reached]);
}

#[test]
fn changed_caps_keep_the_count_of_those_that_count_the_same() {
    let state = state("100 tokens/day, 5 requests/hour");
    state.spend(100, None, NOW);
    assert_eq!(state.take_reports(NOW).len(), 1);
    state.set(&Caps::parse("9 requests/day, 125 tokens/day").unwrap(), NOW);
    assert_eq!(used(&state, NOW), ["0 requests", "100 tokens"]);
    assert!(state.reached(NOW).is_none());
    let reports = state.take_reports(NOW);
    assert_eq!(reports[0].level, Level::Nearing);
    state.set(&Caps::NONE, NOW);
    assert!(used(&state, NOW).is_empty() && state.take_request(NOW));
}

#[test]
fn a_clock_that_is_set_back_keeps_the_count_until_the_next_window() {
    let state = state("100 tokens/day");
    state.spend(100, None, NOW + DAY);
    assert!(state.reached(NOW + DAY).is_some());
    assert_eq!(used(&state, NOW), ["100 tokens"]);
    // A day that was too far ahead does not hold the cap until it comes.
    assert!(state.reached(NOW + DAY).is_none());
}

#[test]
fn money_of_another_currency_is_not_counted() {
    let state = state("5 EUR/day");
    state.spend(1, Some(Money::usd(9.0)), NOW);
    state.spend(1, None, NOW);
    assert_eq!(used(&state, NOW), ["0 EUR"]);
}

/// A plain model: every spending with its time, and the sum over a window when asked.
struct Model {
    caps: Vec<Cap>,
    /// Time, requests, tokens and nanos.
    spent: Vec<(i64, [u64; 3])>,
}

impl Model {
    fn used(&self, cap: Cap, now: i64) -> u64 {
        let window = Window::around(now, cap.period(), cap.offset());
        let which = match cap.amount() {
            Amount::Requests(_) => 0,
            Amount::Tokens(_) => 1,
            Amount::Money(_) => 2,
        };
        let in_window = |at: i64| window.start <= at && at < window.end;
        let spent = self.spent.iter().filter(|(at, _)| in_window(*at));
        spent.map(|(_, numbers)| numbers[which]).sum()
    }

    fn is_reached(&self, now: i64) -> bool {
        let reached = |cap: &Cap| self.used(*cap, now) >= cap.amount().number();
        self.caps.iter().any(reached)
    }
}

#[test]
fn random_spending_is_counted_as_in_a_model_that_remembers_everything() {
    let drawn = Cell::new(0);
    let below = |most: u64| {
        drawn.set(drawn.get() + 1);
        seeded(367, drawn.get()) % most
    };
    let pick = |values: &[i64]| values[usize::try_from(below(values.len() as u64)).unwrap()];
    for _ in 0..200 {
        let periods = [
            CapPeriod::Hour,
            CapPeriod::Day,
            CapPeriod::Week,
            CapPeriod::Month,
        ];
        let mut caps = Caps::NONE;
        for _ in 0..=below(4) {
            let period = periods[usize::try_from(below(4)).unwrap()];
            let cap = match below(3) {
                0 => Cap::requests(1 + below(40), period),
                1 => Cap::tokens(1 + below(400), period),
                _ => Cap::money(Money::usd(1.0 + below(40) as f64), period),
            };
            let minutes = pick(&[0, 0, 60, 330, 345, -210, -720, 840]);
            let offset = UtcOffset::minutes(i16::try_from(minutes).unwrap()).unwrap();
            caps = caps.and(cap.at(offset)).unwrap_or(caps);
        }
        let mut model = Model {
            caps: caps.iter().collect(),
            spent: Vec::new(),
        };
        let state = CapState::new();
        let mut now = NOW;
        state.set(&caps, now);
        for _ in 0..300 {
            now += i64::try_from(below(1 << below(18))).unwrap();
            let is_reached = model.is_reached(now);
            assert_eq!(state.reached(now).is_some(), is_reached);
            assert_eq!(state.take_request(now), !is_reached);
            if !is_reached {
                model.spent.push((now, [1, 0, 0]));
            }
            if below(3) == 0 {
                let (tokens, nanos) = (below(50), below(3_000_000_000));
                model.spent.push((now, [0, tokens, nanos]));
                state.spend(tokens, Some(Money::usd(nanos as f64 / 1e9)), now);
            }
            for usage in state.usage(now) {
                assert_eq!(usage.used.number(), model.used(usage.cap, now), "{usage}");
            }
        }
    }
}
