//! Counts of all calls of a run.

use super::{latencies::Latencies, micros};
use resilient_runtime::{CallEnd, Class, Event, EventKind, Outcome, statistics::WaitReason};
use serde::Serialize;
use std::collections::BTreeMap;

/// The counts of a function.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FunctionTotal {
    /// Its name.
    pub function: &'static str,
    /// Its calls that have ended.
    pub calls: u64,
    /// Their outcomes, without those that have not occurred.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// The attempts that they have sent.
    pub attempts: u64,
    /// Retries that were planned.
    pub retries: u64,
    /// Further runs of slow attempts.
    pub hedges: u64,
    /// The times within which 50, 90, 99 and 100 of 100 calls have ended, without those that were
    /// dropped; accurate to a sixteenth. `None` without a call.
    pub latency: Option<[u64; 4]>,
}

/// The failures of a class.
#[derive(Clone, Debug, Serialize)]
pub struct ClassTotal {
    /// The class.
    pub class: &'static str,
    /// The attempts that have failed with it.
    pub attempts: u64,
    /// The calls that have ended with it.
    pub calls: u64,
    /// Advice for the developer.
    pub advice: &'static str,
}

/// The waits for a reason. One that ends in a rejection, or is dropped, is not counted.
#[derive(Clone, Debug, Serialize)]
pub struct WaitTotal {
    /// The reason.
    pub reason: &'static str,
    /// Their number.
    pub count: u64,
    /// Their time together.
    pub time: u64,
    /// The longest one.
    pub longest: u64,
}

/// Calls and attempts over time.
#[derive(Clone, Debug, Serialize)]
pub struct Course {
    /// The length of each part of the run. It doubles before there are too many parts.
    pub width: u64,
    /// The parts of the run.
    pub moments: Vec<Moment>,
}

/// The counts of a part of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// Calls that have ended.
    pub calls: u64,
    /// Those of them that have failed.
    pub errors: u64,
    /// Attempts that have ended.
    pub attempts: u64,
    /// Those of them that have failed.
    pub failures: u64,
}

#[derive(Default)]
pub(super) struct Totals {
    functions: BTreeMap<&'static str, (FunctionTotal, Latencies)>,
    classes: BTreeMap<Class, (u64, u64)>,
    waits: BTreeMap<WaitReason, (u64, u64, u64)>,
    pub(super) course: Course,
}

impl Totals {
    pub(super) fn record(&mut self, event: &Event<'_>, at: u64) {
        match &event.kind {
            EventKind::AttemptFailed(failed) => {
                add(&mut self.class(failed.failure.class).0);
                self.course.count(at, |moment| {
                    add(&mut moment.attempts);
                    add(&mut moment.failures);
                });
            }
            EventKind::Retrying { delay, source, .. } => {
                self.waited((*source).into(), micros(*delay));
                self.function(event, |it, _| add(&mut it.retries));
            }
            EventKind::Released { waited, .. } => {
                self.waited(WaitReason::Budget, micros(*waited));
            }
            EventKind::Admitted {
                waits_for, waited, ..
            } => {
                self.waited((*waits_for).into(), micros(*waited));
            }
            EventKind::Hedging { .. } => self.function(event, |it, _| add(&mut it.hedges)),
            EventKind::Succeeded { .. } | EventKind::Recovered { .. } => {
                self.course.count(at, |moment| add(&mut moment.attempts));
            }
            _ => {}
        }
        if let Some(end) = event.call_end() {
            self.ended(event, end, at);
        }
    }

    fn ended(&mut self, event: &Event<'_>, end: CallEnd, at: u64) {
        self.course.count(at, |moment| {
            add(&mut moment.calls);
            if end.outcome.is_error() {
                add(&mut moment.errors);
            }
        });
        if let Some(class) = end.class {
            add(&mut self.class(class).1);
        }
        self.function(event, |it, latencies| {
            add(&mut it.calls);
            add(it.outcomes.entry(end.outcome.as_str()).or_default());
            it.attempts = it.attempts.saturating_add(end.attempts.into());
            if end.outcome != Outcome::Cancelled {
                latencies.record(micros(end.elapsed));
            }
        });
    }

    fn function(
        &mut self,
        event: &Event<'_>,
        count: impl FnOnce(&mut FunctionTotal, &mut Latencies),
    ) {
        let function = event.function().unwrap_or("(upstream)");
        let (total, latencies) = self.functions.entry(function).or_default();
        count(total, latencies);
    }

    fn class(&mut self, class: Class) -> &mut (u64, u64) {
        self.classes.entry(class).or_default()
    }

    fn waited(&mut self, reason: WaitReason, time: u64) {
        let (count, total, longest) = self.waits.entry(reason).or_default();
        add(count);
        *total = total.saturating_add(time);
        *longest = time.max(*longest);
    }

    pub(super) fn functions(&self) -> Vec<FunctionTotal> {
        let functions = self.functions.iter();
        functions
            .map(|(function, (total, latencies))| FunctionTotal {
                function,
                latency: latencies.quantiles([50, 90, 99, 100]),
                ..total.clone()
            })
            .collect()
    }

    pub(super) fn classes(&self) -> Vec<ClassTotal> {
        let classes = self.classes.iter();
        let mut classes: Vec<_> = classes
            .map(|(class, (attempts, calls))| ClassTotal {
                class: class.as_str(),
                attempts: *attempts,
                calls: *calls,
                advice: class.advice(),
            })
            .collect();
        classes.sort_by_key(|it| std::cmp::Reverse((it.attempts, it.calls)));
        classes
    }

    pub(super) fn waits(&self) -> Vec<WaitTotal> {
        let waits = self.waits.iter();
        waits
            .map(|(reason, (count, time, longest))| WaitTotal {
                reason: reason.as_str(),
                count: *count,
                time: *time,
                longest: *longest,
            })
            .collect()
    }
}

pub(super) fn add(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}

impl Course {
    /// The most parts.
    pub const MOST: usize = 120;

    /// Counts in the part of the run at this time.
    fn count(&mut self, time: u64, count: impl FnOnce(&mut Moment)) {
        let most = super::count(Self::MOST);
        while time.checked_div(self.width).unwrap_or(0) >= most {
            self.width = self.width.saturating_mul(2);
            let pairs = self.moments.chunks(2);
            self.moments = pairs
                .map(|pair| pair.iter().fold(Moment::default(), sum))
                .collect();
        }
        let index = time.checked_div(self.width).unwrap_or(0);
        let index = usize::try_from(index).unwrap_or_default();
        if self.moments.len() <= index {
            self.moments
                .resize(index.saturating_add(1), Moment::default());
        }
        if let Some(moment) = self.moments.get_mut(index) {
            count(moment);
        }
    }
}

impl Default for Course {
    /// Parts of a quarter of a second.
    fn default() -> Self {
        Self {
            width: 250_000,
            moments: Vec::new(),
        }
    }
}

fn sum(a: Moment, b: &Moment) -> Moment {
    Moment {
        calls: a.calls.saturating_add(b.calls),
        errors: a.errors.saturating_add(b.errors),
        attempts: a.attempts.saturating_add(b.attempts),
        failures: a.failures.saturating_add(b.failures),
    }
}
