//! A store whose clock is set by hand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "test code fails loudly"
)]

use super::{State, step};
use crate::sharing::{
    Granted, Limits, Order, Pace, Placed, Report, View,
    numbers::{Answer, Input, Operation},
};
use std::time::Duration;

/// The state of a scope, and a clock in seconds.
pub(super) struct Kit {
    pub(super) state: State,
    pub(super) clock: f64,
}

impl Kit {
    pub(super) fn new() -> Self {
        Self {
            state: State::default(),
            clock: 1.7e9,
        }
    }

    fn run(&mut self, report: &Report, operation: &Operation) -> Answer {
        let input = Input::new(report);
        let clock = (self.clock * 1e6).floor();
        let answer = step(&mut self.state, clock, operation, &input);
        answer.check(operation, &input).unwrap()
    }

    pub(super) fn order(&mut self, report: &Report, costs: &[u64], latest: f64) -> Placed {
        let order = Order {
            costs: costs.to_vec(),
            latest: Duration::from_secs_f64(latest),
        };
        self.run(report, &Operation::order(&order)).placed()
    }

    /// The waits of an order, in seconds with three digits.
    pub(super) fn waits(&mut self, report: &Report, costs: &[u64]) -> Vec<f64> {
        let placed = self.order(report, costs, 60.0);
        placed.waits.into_iter().map(seconds).collect()
    }

    pub(super) fn settle(&mut self, report: &Report) -> View {
        self.run(report, &Operation::Settle).view()
    }

    pub(super) fn beat(&mut self, report: &Report) -> View {
        self.run(report, &Operation::Beat).view()
    }

    pub(super) fn permits(&mut self, report: &Report) -> u32 {
        self.beat(report).permits.unwrap()
    }

    pub(super) fn probe(&mut self, report: &Report) -> Granted {
        self.run(report, &Operation::Probe).granted()
    }
}

pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e3).round() / 1e3
}

#[expect(clippy::unnecessary_wraps, reason = "limits are optional")]
pub(super) const fn pace(amount: u64, seconds: u64, burst: u64) -> Option<Pace> {
    Some(Pace {
        amount,
        period: Duration::from_secs(seconds),
        burst,
    })
}

pub(super) fn replica(replica: u64, limits: Limits) -> Report {
    Report {
        replica,
        limits,
        ..Report::default()
    }
}
