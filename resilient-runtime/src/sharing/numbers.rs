//! The messages of replicas in the numbers that a store computes with: microseconds and units as
//! 64-bit floats, each within bounds in which no sum overflows. The script for Redis and the model
//! get the same numbers, and so their answers are equal bit by bit.

use crate::sharing::{
    messages::{
        BudgetReport, CapUse, CircuitView, Granted, Order, Pace, Placed, Reading, Report, View,
    },
    store::StoreError,
};
use std::time::Duration;

/// The longest duration in a message: 400 days.
const LONGEST: f64 = 400.0 * 86_400e6;
/// The longest pause and the longest break that replicas share: a day. They look again after it.
const LONGEST_PAUSE: f64 = 86_400e6;
/// The longest time in which a quota comes back: an hour.
const LONGEST_RESET: f64 = 3_600e6;
/// A line reaches no further ahead.
pub(crate) const LONGEST_LINE: f64 = 60e6;
/// The largest number whose neighbours are whole: 2^53.
pub(crate) const LARGEST: f64 = 9_007_199_254_740_992.0;
/// The most attempts in an order.
pub(crate) const MOST_PLACES: usize = 64;

/// An operation of a store.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operation {
    Order { costs: Vec<f64>, latest: f64 },
    Settle,
    Beat,
    Probe,
}

/// A limit as a bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    /// The time in which one unit comes back.
    pub interval: f64,
    /// The time in which an empty bucket is full again.
    pub window: f64,
    pub period: f64,
}

/// A [`Reading`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Left {
    pub left: f64,
    pub resets: f64,
}

/// A [`CapUse`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Used {
    /// The begin of the window and the name of the cap.
    pub window: String,
    pub ends: f64,
    pub change: f64,
    pub known: f64,
}

/// A [`BudgetReport`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Balance {
    pub change: f64,
    pub missing: f64,
    pub most: f64,
}

/// A [`Report`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Input {
    pub replica: u64,
    pub requests: Option<Bucket>,
    pub tokens: Option<Bucket>,
    pub permits: Option<f64>,
    pub used_requests: f64,
    pub used_tokens: f64,
    pub pause: f64,
    pub requests_left: Option<Left>,
    pub tokens_left: Option<Left>,
    pub held: f64,
    pub wanted: f64,
    pub has_calls: bool,
    pub break_left: f64,
    pub is_for_all: bool,
    pub closes: Option<f64>,
    pub reopens: Option<f64>,
    pub unused_probes: f64,
    pub probes: f64,
    pub probe_timeout: f64,
    pub budget: Option<Balance>,
    pub caps: Vec<Used>,
}

/// The answer to each operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub is_new: bool,
    pub state: f64,
    pub replicas: f64,
    pub pause: f64,
    pub permits: Option<f64>,
    pub version: f64,
    pub break_left: Option<f64>,
    pub missing: f64,
    pub refused: Option<f64>,
    /// The time after which a probe may be asked for; `None` if it is granted.
    pub probe_wait: Option<f64>,
    pub caps: Vec<f64>,
    pub waits: Vec<f64>,
}

impl Operation {
    pub(crate) fn order(order: &Order) -> Self {
        let costs = order.costs.iter().take(MOST_PLACES);
        Self::Order {
            costs: costs.map(|cost| units(*cost)).collect(),
            latest: micros(order.latest),
        }
    }
}

impl Bucket {
    fn new(pace: &Pace) -> Self {
        let period = micros(pace.period).max(1.0);
        let interval = period / units(pace.amount.max(1));
        Self {
            interval,
            window: (interval * units(pace.burst.max(1))).min(LONGEST),
            period,
        }
    }
}

impl Left {
    fn new(reading: &Reading) -> Self {
        Self {
            left: units(reading.left),
            resets: micros(reading.resets).min(LONGEST_RESET),
        }
    }
}

impl Used {
    fn new(cap: &CapUse) -> Self {
        Self {
            window: format!("{} {}", cap.starts, cap.cap),
            ends: micros(cap.ends),
            change: change(cap.used),
            known: units(cap.known),
        }
    }
}

impl Balance {
    fn new(budget: &BudgetReport) -> Self {
        Self {
            change: change(budget.change),
            missing: units(budget.missing),
            most: units(budget.most),
        }
    }
}

impl Input {
    pub(crate) fn new(report: &Report) -> Self {
        let circuit = &report.circuit;
        Self {
            replica: report.replica,
            requests: report.limits.requests.as_ref().map(Bucket::new),
            tokens: report.limits.tokens.as_ref().map(Bucket::new),
            permits: report.limits.permits.map(f64::from),
            used_requests: change(report.requests),
            used_tokens: change(report.tokens),
            pause: pause(report.pause),
            requests_left: report.requests_reading.as_ref().map(Left::new),
            tokens_left: report.tokens_reading.as_ref().map(Left::new),
            held: f64::from(report.held),
            wanted: f64::from(report.wanted),
            has_calls: circuit.has_calls,
            break_left: pause(circuit.break_left),
            is_for_all: circuit.is_for_all,
            closes: circuit.closes.map(units),
            reopens: circuit.reopens.map(units),
            unused_probes: f64::from(circuit.unused_probes),
            probes: f64::from(circuit.probes.max(1)),
            probe_timeout: pause(circuit.probe_timeout),
            budget: report.budget.as_ref().map(Balance::new),
            caps: report.caps.iter().map(Used::new).collect(),
        }
    }
}

impl Answer {
    pub(crate) fn view(&self) -> View {
        View {
            is_new: self.is_new,
            state: whole(self.state).unsigned_abs(),
            replicas: count(self.replicas),
            pause: duration(self.pause.min(LONGEST_PAUSE)),
            permits: self.permits.map(count),
            circuit: CircuitView {
                version: whole(self.version).unsigned_abs(),
                break_left: self
                    .break_left
                    .map(|left| duration(left.min(LONGEST_PAUSE))),
            },
            caps: self.caps.iter().map(|used| whole(*used)).collect(),
            missing: u64::try_from(whole(self.missing.ceil())).unwrap_or(0),
        }
    }

    pub(crate) fn placed(&self) -> Placed {
        Placed {
            waits: self.waits.iter().map(|wait| duration(*wait)).collect(),
            refused: self.refused.map(duration),
        }
    }

    pub(crate) fn granted(&self) -> Granted {
        match self.probe_wait {
            None => Granted::Yes,
            Some(wait) => Granted::No {
                wait: duration(wait.min(LONGEST_PAUSE)),
            },
        }
    }

    /// The answer, if it can be one to this operation.
    pub(crate) fn check(self, operation: &Operation, input: &Input) -> Result<Self, StoreError> {
        let places = match operation {
            Operation::Order { costs, .. } => costs.len(),
            _ => 0,
        };
        // Each attempt has a place, or the first one without a place has the time of the next.
        let fits = self.caps.len() == input.caps.len()
            && self.waits.len() <= places
            && self.waits.iter().all(|wait| *wait <= LONGEST_LINE)
            && (self.waits.len() == places) == self.refused.is_none();
        if fits {
            Ok(self)
        } else {
            Err(StoreError::new("the answer does not fit the question"))
        }
    }
}

/// In microseconds, up to 400 days.
fn micros(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).min(LONGEST)
}

fn pause(duration: Duration) -> f64 {
    micros(duration).min(LONGEST_PAUSE)
}

#[expect(clippy::cast_precision_loss, reason = "up to 2^53, which is exact")]
fn units(number: u64) -> f64 {
    (number as f64).min(LARGEST)
}

#[expect(clippy::cast_precision_loss, reason = "up to 2^53, which is exact")]
fn change(number: i64) -> f64 {
    (number as f64).clamp(-LARGEST, LARGEST)
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn whole(number: f64) -> i64 {
    number as i64
}

fn count(number: f64) -> u32 {
    u32::try_from(whole(number)).unwrap_or(if number > 0.0 { u32::MAX } else { 0 })
}

/// Rounded up to nanoseconds, so that nobody is early.
fn duration(micros: f64) -> Duration {
    let nanos = whole((micros * 1e3).ceil());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}
