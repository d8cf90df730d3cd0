//! Requests, tokens, pauses and the line.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "test code fails loudly"
)]

use super::kit_test::{Kit, pace, replica};
use crate::sharing::{CapUse, Limits, Reading, Report};
use std::{collections::VecDeque, time::Duration};

/// A request a second, at most two at once.
const SLOW: Limits = Limits {
    requests: pace(1, 1, 2),
    tokens: None,
    permits: None,
};
/// Ten requests a second, and ten tokens a second.
const TOKENS: Limits = Limits {
    requests: pace(10, 1, 1),
    tokens: pace(10, 1, 20),
    permits: None,
};

fn with(limits: Limits, change: impl FnOnce(&mut Report)) -> Report {
    let mut report = replica(1, limits);
    change(&mut report);
    report
}

#[test]
fn places_of_all_replicas_are_one_line() {
    let mut kit = Kit::new();
    assert_eq!(kit.waits(&replica(1, SLOW), &[0, 0, 0]), [0.0, 0.0, 1.0]);
    assert_eq!(kit.waits(&replica(2, SLOW), &[0]), [2.0]);
    kit.clock += 1.5;
    assert_eq!(kit.waits(&replica(3, SLOW), &[0, 0]), [1.5, 2.5]);
}

#[test]
fn place_later_than_the_latest_is_refused_and_takes_nothing() {
    let mut kit = Kit::new();
    let placed = kit.order(&replica(1, SLOW), &[0; 10], 2.5);
    assert_eq!(placed.waits.len(), 4);
    assert_eq!(placed.refused, Some(Duration::from_secs(3)));
    let placed = kit.order(&replica(2, SLOW), &[0], 2.5);
    assert_eq!(placed.refused, Some(Duration::from_secs(3)));
    // A minute is the most, whatever is asked for.
    let placed = kit.order(&replica(2, SLOW), &[0; 64], 1e6);
    assert_eq!(placed.waits.len(), 58);
}

#[test]
fn wait_for_tokens_does_not_let_requests_burst_at_its_end() {
    let mut kit = Kit::new();
    assert_eq!(kit.waits(&replica(1, TOKENS), &[20]), [0.0]);
    assert_eq!(kit.waits(&replica(2, TOKENS), &[20, 0, 0]), [2.0, 2.1, 2.2]);
}

#[test]
fn cost_above_the_burst_waits_for_a_full_bucket_and_is_taken_whole() {
    let mut kit = Kit::new();
    assert_eq!(kit.waits(&replica(1, TOKENS), &[10, 50]), [0.0, 1.0]);
    // At 1.0 the bucket is full and 50 are taken: it has one token again after 3.1 seconds.
    assert_eq!(kit.waits(&replica(2, TOKENS), &[1]), [4.1]);
}

#[test]
fn debt_lands_and_refund_lets_the_next_order_start_earlier_but_not_fill_more_than_the_bucket() {
    let mut kit = Kit::new();
    kit.settle(&with(TOKENS, |report| report.tokens = 30));
    assert_eq!(kit.waits(&replica(1, TOKENS), &[10]), [2.0]);
    let refund = with(TOKENS, |report| report.tokens = -30);
    kit.settle(&refund);
    // Ten tokens are left of the debt; the last place holds up requests by their own pace only.
    assert_eq!(kit.waits(&replica(2, SLOW_TOKENS), &[20]), [1.0]);

    let mut kit = Kit::new();
    kit.settle(&with(TOKENS, |report| report.tokens = -1_000_000));
    assert_eq!(kit.waits(&replica(1, SLOW_TOKENS), &[20, 20]), [0.0, 2.0]);
}
const SLOW_TOKENS: Limits = Limits {
    requests: None,
    ..TOKENS
};

#[test]
fn reading_of_the_server_lowers_the_level_and_none_left_blocks_until_it_resets() {
    let reading = |left| {
        Some(Reading {
            left,
            resets: Duration::from_secs(9),
        })
    };
    let mut kit = Kit::new();
    kit.settle(&with(TOKENS, |report| report.tokens_reading = reading(5)));
    kit.settle(&with(TOKENS, |report| report.tokens_reading = reading(15)));
    assert_eq!(kit.waits(&replica(2, TOKENS), &[10]), [0.5]);
    kit.settle(&with(TOKENS, |report| report.requests_reading = reading(0)));
    kit.clock += 1.0;
    assert_eq!(kit.waits(&replica(3, TOKENS), &[1]), [8.0]);
}

#[test]
fn longest_pause_holds_for_all_replicas() {
    let mut kit = Kit::new();
    let pause = |seconds| with(SLOW, |report| report.pause = Duration::from_secs(seconds));
    assert_eq!(kit.settle(&pause(7)).pause, Duration::from_secs(7));
    kit.clock += 1.0;
    assert_eq!(kit.settle(&pause(3)).pause, Duration::from_secs(6));
    assert_eq!(kit.waits(&replica(2, SLOW), &[0]), [6.0]);
    kit.clock += 6.0;
    assert_eq!(kit.settle(&replica(2, SLOW)).pause, Duration::ZERO);
}

#[test]
fn f400_a_clock_that_goes_back_by_an_hour_holds_nobody_up_and_forgets_no_pause() {
    let mut kit = Kit::new();
    kit.waits(&replica(1, SLOW), &[0; 4]);
    let pause = with(SLOW, |report| report.pause = Duration::from_secs(5));
    kit.settle(&pause);
    kit.clock -= 3_600.0;
    assert_eq!(kit.waits(&replica(2, SLOW), &[0]), [5.0]);
    assert_eq!(kit.settle(&replica(2, SLOW)).replicas, 2);
    kit.clock += 5.0;
    assert_eq!(kit.settle(&replica(1, SLOW)).pause, Duration::ZERO);
    kit.clock += 60.0;
    assert_eq!(kit.waits(&replica(1, SLOW), &[0, 0]), [0.0, 0.0]);
}

#[test]
fn no_report_makes_anybody_wait_for_longer_than_the_window_the_period_and_a_minute() {
    let mut kit = Kit::new();
    let hostile = with(TOKENS, |report| {
        report.requests = i64::MAX;
        report.tokens = i64::MAX;
    });
    for _ in 0..3 {
        kit.settle(&hostile);
    }
    let placed = kit.order(&replica(1, TOKENS), &[u64::MAX], 60.0);
    let refused = placed.refused.unwrap();
    assert!(refused <= Duration::from_secs(64), "{refused:?}");
    kit.clock += 64.0;
    assert!(kit.order(&replica(1, TOKENS), &[1], 1.0).refused.is_none());
}

#[test]
fn caps_count_what_all_replicas_use_in_the_window_and_ended_windows_are_removed() {
    let cap = |starts, used, ends| {
        with(SLOW, |report| {
            report.caps = vec![CapUse {
                cap: "10 requests/hour".to_owned(),
                starts,
                ends: Duration::from_secs(ends),
                used,
                known: 5,
            }];
        })
    };
    let mut kit = Kit::new();
    // A window that is new here begins with the use that the replica knows of.
    assert_eq!(kit.settle(&cap(0, 3, 10)).caps, [8]);
    assert_eq!(kit.settle(&cap(0, 4, 10)).caps, [12]);
    assert_eq!(kit.settle(&cap(3_600, 1, 3_610)).caps, [6]);
    assert_eq!(kit.settle(&cap(3_600, -9, 3_610)).caps, [0]);
    assert!(kit.settle(&replica(1, SLOW)).caps.is_empty());
    kit.clock += 11.0;
    kit.settle(&cap(3_600, 0, 3_599));
    assert_eq!(kit.state.caps.len(), 1);
}

/// A replica with calls that wait, which orders for four at a time.
#[derive(Default)]
struct Caller {
    waiting: VecDeque<f64>,
    /// The time of its next order.
    orders_at: f64,
}

/// Twenty replicas want twice what the limit of 500 a minute allows; the first one wants this share
/// of it. Returns the times at which attempts start, and the number of orders.
fn twice_the_demand(share: f64) -> (Vec<f64>, usize) {
    const STEP: f64 = 0.01;
    let limits = Limits {
        requests: pace(500, 60, 8),
        ..Limits::default()
    };
    let mut kit = Kit::new();
    let begin = kit.clock;
    let mut callers: Vec<Caller> = (0..20).map(|_| Caller::default()).collect();
    let (mut sent, mut orders, mut seed) = (Vec::new(), 0, 7_u64);
    for step in 0..60_000 {
        let time = f64::from(step) * STEP;
        for (number, caller) in callers.iter_mut().enumerate() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let random = (seed >> 33) as f64 / (1_u64 << 31) as f64;
            let part = if number == 0 {
                share
            } else {
                (1.0 - share) / 19.0
            };
            if random < 1_000.0 / 60.0 * STEP * part {
                caller.waiting.push_back(time);
            }
            while caller
                .waiting
                .front()
                .is_some_and(|since| time - since > 30.0)
            {
                caller.waiting.pop_front();
            }
            if caller.waiting.is_empty() || time < caller.orders_at {
                continue;
            }
            orders += 1;
            kit.clock = begin + time;
            let most = caller.waiting.len().min(4);
            let report = replica(u64::try_from(number).unwrap(), limits);
            let placed = kit.order(&report, &vec![0; most], 30.0);
            caller.orders_at = time + 0.25;
            for wait in placed.waits {
                let start = time + wait.as_secs_f64();
                caller.waiting.pop_front();
                caller.orders_at = caller.orders_at.max(start - 0.25);
                sent.push(start);
            }
        }
    }
    sent.sort_unstable_by(f64::total_cmp);
    (sent, orders)
}

/// The most that start in any window of this length.
fn worst(sent: &[f64], window: f64) -> usize {
    let ends = |begin: f64| sent.partition_point(|at| *at < begin + window);
    let counts = sent.iter().enumerate().map(|(at, begin)| ends(*begin) - at);
    counts.max().unwrap()
}

#[test]
fn twenty_replicas_at_twice_the_demand_keep_the_limit_and_use_it() {
    for share in [0.05, 0.8] {
        let (sent, orders) = twice_the_demand(share);
        let minute = worst(&sent, 60.0);
        let second = worst(&sent, 1.0);
        let used = sent.partition_point(|at| *at < 600.0) as f64 / 5_000.0;
        let trips = orders as f64 / sent.len() as f64;
        let figures = format!("minute {minute}, second {second}, used {used}, trips {trips}");
        assert!(minute <= 510, "{figures}");
        assert!(second <= 17, "{figures}");
        assert!(used >= 0.99 && trips <= 1.05, "{figures}");
    }
}
