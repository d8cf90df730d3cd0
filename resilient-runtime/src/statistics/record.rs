//! The statistics of one function, upstream or key.

use super::{
    calls::{Calls, Latencies, WaitReason, WaitTotal},
    sharded::Sharded,
    window::{SECOND, Totals, Window},
};
use crate::{
    Class,
    clock::{Moment, nanos},
    event::{CallEnd, ErrorRateJump, Event, EventKind, Outcome, Tally},
    latency::Latency,
    sync::{AtomicU64, Mutex, Ordering, lock},
};
use std::{array, sync::OnceLock, time::Duration};

/// The statistics of a function, an upstream or a key: calls that succeed at once, and all others
/// from the first one on.
#[derive(Debug)]
pub(crate) struct CallStatistics {
    at_once: Sharded,
    others: OnceLock<Box<Others>>,
}

/// The calls that had to wait, or that have failed.
#[derive(Debug)]
struct Others {
    outcomes: [AtomicU64; Outcome::ALL.len()],
    attempts: AtomicU64,
    failures: [AtomicU64; Class::COUNT],
    /// The number of waits for each reason, and their nanoseconds.
    waits: [(AtomicU64, AtomicU64); WaitReason::ALL.len()],
    hedges: AtomicU64,
    latency: Latency,
    /// When the last call has ended, and when the window is sampled next: most ends take no lock.
    last_end: AtomicU64,
    next_sample: AtomicU64,
    window: Mutex<Window>,
}

/// Adds to a counter.
fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

impl Others {
    fn new() -> Self {
        let zero = || AtomicU64::new(0);
        Self {
            outcomes: array::from_fn(|_| zero()),
            attempts: zero(),
            failures: array::from_fn(|_| zero()),
            waits: array::from_fn(|_| (zero(), zero())),
            hedges: zero(),
            latency: Latency::new(),
            last_end: zero(),
            next_sample: zero(),
            window: Mutex::new(Window::new()),
        }
    }

    fn failed(&self, class: Class) {
        let place = Class::ALL.iter().position(|it| *it == class);
        if let Some(counter) = place.and_then(|place| self.failures.get(place)) {
            add(counter, 1);
        }
    }

    fn waited(&self, reason: WaitReason, time: Duration) {
        if let Some((count, total)) = self.waits.get(reason as usize) {
            add(count, 1);
            let time = |total: u64| Some(total.saturating_add(nanos(time)));
            let _ = total.fetch_update(Ordering::Relaxed, Ordering::Relaxed, time);
        }
    }

    fn ended(&self, end: CallEnd) {
        if let Some(counter) = self.outcomes.get(end.outcome as usize) {
            add(counter, 1);
        }
        add(&self.attempts, end.attempts.into());
        if !end.elapsed.is_zero() && end.outcome != Outcome::Cancelled {
            self.latency.record(end.elapsed);
        }
        if let (0, Some(class)) = (end.attempts, end.class) {
            self.failed(class);
        }
    }

    /// Whether the window is to be sampled, for one of the threads that ask.
    fn is_sample_due(&self, now: Moment) -> bool {
        let due = read(&self.next_sample);
        let next = now.after(SECOND).0;
        let relaxed = Ordering::Relaxed;
        now.0 >= due
            && self
                .next_sample
                .compare_exchange(due, next, relaxed, relaxed)
                .is_ok()
    }

    /// All calls so far, with those that have succeeded at once.
    fn totals(&self, at_once: u64) -> Totals {
        let mut totals = Totals {
            at_once,
            ..Totals::default()
        };
        for (outcome, counter) in Outcome::ALL.iter().zip(&self.outcomes) {
            let number = read(counter);
            totals.calls = totals.calls.saturating_add(number);
            if outcome.is_error() {
                totals.errors = totals.errors.saturating_add(number);
            }
        }
        totals
    }

    fn read(&self, at_once: u64) -> Calls {
        let (now, totals) = (Moment::now(), self.totals(at_once));
        let last_end = Moment(read(&self.last_end));
        let error_rate = lock(&self.window).rate(now, last_end, totals);
        let outcomes = Outcome::ALL.iter().zip(&self.outcomes);
        let mut failures: Vec<_> = occurred(Class::ALL.iter().zip(&self.failures));
        failures.sort_by_key(|failure| std::cmp::Reverse(failure.1));
        let waits = WaitReason::ALL.iter().zip(&self.waits);
        let waits = waits.map(|(reason, (count, time))| {
            WaitTotal::new(*reason, read(count), Duration::from_nanos(read(time)))
        });
        let quantile = |quantile| self.latency.quantile(quantile);
        Calls {
            calls: totals.calls.saturating_add(totals.at_once),
            outcomes: occurred(outcomes),
            attempts: read(&self.attempts).saturating_add(at_once),
            failures,
            waits: waits.filter(|wait| wait.count > 0).collect(),
            hedges: read(&self.hedges),
            latency: [quantile(0.5), quantile(0.9), quantile(0.99)]
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .and_then(|all| Some(Latencies::new(all.try_into().ok()?))),
            error_rate,
        }
    }
}

/// The counters that have counted something.
fn occurred<'a, T: Copy + 'a>(
    counters: impl Iterator<Item = (&'a T, &'a AtomicU64)>,
) -> Vec<(T, u64)> {
    let counts = counters.map(|(of, counter)| (*of, read(counter)));
    counts.filter(|(_, number)| *number > 0).collect()
}

impl CallStatistics {
    pub(crate) const fn new() -> Self {
        Self {
            at_once: Sharded::new(),
            others: OnceLock::new(),
        }
    }

    /// Counts a call that has succeeded at once.
    #[inline(always)]
    pub(crate) fn count_at_once(&self) {
        self.at_once.count();
    }

    /// Counts a call that has succeeded at once, for two.
    #[inline(always)]
    pub(crate) fn count_both_at_once(&self, other: &Self) {
        self.at_once.count_both(&other.at_once);
    }

    /// Counts one for a key, whose state all threads write to with each call anyway.
    #[inline(always)]
    pub(crate) fn count_at_once_of_key(&self) {
        self.at_once.count_in_common();
    }

    /// The statistics as plain data.
    pub(crate) fn read(&self) -> Calls {
        let at_once = self.at_once.sum();
        let mut calls = match self.others.get() {
            Some(others) => others.read(at_once),
            None => Calls {
                calls: at_once,
                attempts: at_once,
                error_rate: (at_once > 0).then_some(0.0),
                ..Calls::default()
            },
        };
        match calls.outcomes.first_mut() {
            _ if at_once == 0 => {}
            Some((Outcome::Ok, number)) => *number = number.saturating_add(at_once),
            _ => calls.outcomes.insert(0, (Outcome::Ok, at_once)),
        }
        calls
    }
}

impl Tally for CallStatistics {
    fn record(&self, event: &Event<'_>) -> Option<ErrorRateJump> {
        let others = self.others.get_or_init(|| Box::new(Others::new()));
        match &event.kind {
            EventKind::AttemptFailed(failed) => others.failed(failed.failure.class),
            EventKind::Retrying { delay, source, .. } => others.waited((*source).into(), *delay),
            EventKind::Released { waited, .. } => others.waited(WaitReason::Budget, *waited),
            EventKind::Admitted { waits_for, waited } => {
                others.waited((*waits_for).into(), *waited);
            }
            EventKind::Hedging { .. } => add(&others.hedges, 1),
            _ => {}
        }
        let end = event.call_end()?;
        others.ended(end);
        let now = Moment::now();
        let last_end = Moment(others.last_end.swap(now.0, Ordering::Relaxed));
        if !others.is_sample_due(now) {
            return None;
        }
        let totals = others.totals(self.at_once.sum());
        let before = totals.without(end.outcome.is_error());
        lock(&others.window).sample(now, last_end, before, totals)
    }
}
