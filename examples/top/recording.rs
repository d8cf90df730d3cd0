//! A recording of a run: its calls with their attempts and waits, the changes of its upstreams, its
//! last events, and counts of all calls. Memory is bounded: the recording says what it leaves out.

mod call;
mod latencies;
mod line;
mod totals;

pub use call::{Call, Failure, Step};
pub use line::{Change, Line};
pub use totals::{ClassTotal, Course, FunctionTotal, Moment, WaitTotal};

use crate::traffic;
pub(crate) use line::in_words;
use line::{change, line};
use resilient_runtime::{Event, EventKind, Observer};
use serde::Serialize;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use totals::Totals;

/// The bounds of a recording.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls, the first ones.
    pub calls: usize,
    /// Attempts, waits and marks of a call, the first ones.
    pub steps: usize,
    /// Changes of upstreams, the last ones.
    pub changes: usize,
    /// Events, the last ones.
    pub events: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls: 2_000,
            steps: 32,
            changes: 500,
            events: 100,
        }
    }
}

/// A run as plain data. All times are microseconds, and moments are counted from its start.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Recording {
    /// Its length.
    pub took: u64,
    /// The calls that have ended, in the order of their starts.
    pub calls: Vec<Call>,
    /// The changes of upstreams: of breakers, gates and rate limits.
    pub changes: Vec<Change>,
    /// The last events.
    pub events: Vec<Line>,
    /// The counts of each function.
    pub functions: Vec<FunctionTotal>,
    /// The classes of failures, the most frequent one first.
    pub classes: Vec<ClassTotal>,
    /// The waits, by their reason.
    pub waits: Vec<WaitTotal>,
    /// Calls and attempts over time.
    pub course: Course,
    /// All that is not in the lists above.
    pub left_out: LeftOut,
}

/// The numbers of what a recording leaves out. All of it is in the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Calls beyond the limit, and those without a number.
    pub calls: u64,
    /// Calls that have not ended.
    pub unfinished: u64,
    /// Attempts, waits and marks of the calls in the list.
    pub steps: u64,
    /// Changes of upstreams.
    pub changes: u64,
    /// Events.
    pub events: u64,
}

impl Recording {
    /// The number of all calls that have ended, also of those that are not in the list.
    pub fn ended(&self) -> u64 {
        self.functions.iter().map(|it| it.calls).sum()
    }
}

/// An observer that records a run, from its creation on.
///
/// Events do not tell which call they belong to. [`traffic::number`] does, in the task that makes
/// the call: so the recorder takes a lock there, and is no
/// [`Buffered`](resilient_runtime::Buffered) observer on another thread.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    start: Instant,
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The calls that have not ended, by their number and function: a numbered call may make others
    /// inside.
    open: HashMap<(u64, &'static str), Call>,
    calls: Vec<Call>,
    changes: VecDeque<Change>,
    events: VecDeque<Line>,
    totals: Totals,
    left_out: LeftOut,
}

impl Recorder {
    /// Starts a recording.
    pub fn start(limits: Limits) -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            limits,
            state: Mutex::default(),
        }))
    }

    /// The recording so far.
    pub fn recording(&self) -> Recording {
        let took = micros(self.0.start.elapsed());
        let state = self.state();
        let mut calls = state.calls.clone();
        calls.sort_by_key(|call| call.start);
        Recording {
            took,
            left_out: LeftOut {
                unfinished: count(state.open.len()),
                steps: calls.iter().map(|call| call.left_out).sum(),
                ..state.left_out
            },
            calls,
            changes: state.changes.iter().cloned().collect(),
            events: state.events.iter().cloned().collect(),
            functions: state.totals.functions(),
            classes: state.totals.classes(),
            waits: state.totals.waits(),
            course: state.totals.course.clone(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Recorder {
    fn observe(&self, event: &Event<'_>) {
        let at = micros(self.0.start.elapsed());
        self.state()
            .record(event, traffic::number(), at, &self.0.limits);
    }
}

impl State {
    fn record(&mut self, event: &Event<'_>, number: Option<u64>, at: u64, limits: &Limits) {
        self.totals.record(event, at);
        let left_out = &mut self.left_out;
        keep_last(
            &mut self.events,
            line(event, at),
            limits.events,
            &mut left_out.events,
        );
        if let Some(change) = change(event, at) {
            keep_last(
                &mut self.changes,
                change,
                limits.changes,
                &mut left_out.changes,
            );
        } else if is_of_a_call(&event.kind) {
            self.record_in_call(event, number, at, limits);
        }
    }

    fn record_in_call(&mut self, event: &Event<'_>, number: Option<u64>, at: u64, limits: &Limits) {
        let end = event.call_end();
        let key = number.zip(event.function());
        let has_room = self.calls.len().saturating_add(self.open.len()) < limits.calls;
        let call = match key {
            Some(key) if has_room || self.open.contains_key(&key) => {
                let new = || Call::new(key.1, event.upstream(), at);
                self.open.entry(key).or_insert_with(new)
            }
            _ => {
                self.left_out.calls = self.left_out.calls.saturating_add(end.is_some().into());
                return;
            }
        };
        call.record(event, at, limits.steps);
        if end.is_some() {
            self.calls
                .extend(key.and_then(|key| self.open.remove(&key)));
        }
    }
}

/// Whether the event is one of a call that has not ended: a stream ends its call with its first
/// content, and the fallback answers after the end.
fn is_of_a_call(kind: &EventKind<'_>) -> bool {
    !matches!(
        kind,
        EventKind::FallingBack { .. }
            | EventKind::BatchSplit { .. }
            | EventKind::NotReady { .. }
            | EventKind::StreamBroken { .. }
            | EventKind::StreamResuming { .. }
            | EventKind::StreamEnded { .. }
            | EventKind::StreamDropped { .. }
            | EventKind::ErrorRateJumped(_)
            | EventKind::ShuttingDown { .. }
            | EventKind::Switched { .. }
    )
}

/// Adds an item, and drops and counts the oldest one above the limit.
fn keep_last<T>(items: &mut VecDeque<T>, item: T, limit: usize, dropped: &mut u64) {
    items.push_back(item);
    while items.len() > limit {
        items.pop_front();
        *dropped = dropped.saturating_add(1);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
