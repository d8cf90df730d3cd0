//! Helpers that the tests share: error types, a recorder of events, and a secret that must not
//! appear anywhere.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "test code fails loudly"
)]

mod recorder;
mod secrets;

/// Runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

pub use recorder::{Event, Recorder, Recording};
pub use secrets::{CANARY, Leaky, clean, printed, sources};

use resilient_runtime::{Class, Classification, Classify, History, Rejection};
use std::{
    fmt,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// An error with a configurable classification, which keeps the attached history.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The result of `classify`.
    pub classification: Classification,
    /// Distinguishes failures.
    pub id: u32,
    /// The history attached by the call.
    pub history: Option<History>,
}

impl Failure {
    /// A failure of this class.
    pub fn of(class: Class) -> Self {
        Self::from(Classification::new(class))
    }

    /// A failure with a status.
    pub fn status(status: u16) -> Self {
        Self::from(Classification::of_status(status))
    }

    /// The same, with a number to identify it.
    pub fn id(self, id: u32) -> Self {
        Self { id, ..self }
    }

    /// Its class.
    pub fn class(&self) -> Class {
        self.classification.class
    }

    /// The wait that was asked for.
    pub fn wait(&self) -> Option<Duration> {
        self.classification.wait.map(|wait| wait.duration)
    }

    /// The history that the call attached.
    pub fn history(&self) -> &History {
        self.history.as_ref().unwrap()
    }
}

impl From<Classification> for Failure {
    fn from(classification: Classification) -> Self {
        Self {
            classification,
            id: 0,
            history: None,
        }
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        let history = Some(rejection.history().clone());
        Self {
            classification: rejection.classification(),
            id: 0,
            history,
        }
    }
}

impl Classify for Failure {
    fn classify(&self) -> Classification {
        let history = self.history.as_ref();
        let is_used_up = history.is_some_and(History::is_used_up);
        let failure = self.classification.clone();
        let retried = failure.retried || is_used_up;
        failure.retried(retried)
    }

    fn attach(&mut self, history: History) {
        assert!(self.history.is_none(), "attached once");
        self.history = Some(history);
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failure {} ({})", self.id, self.class())
    }
}

impl std::error::Error for Failure {}

/// Runs a future in a runtime with paused time.
pub fn in_paused_time<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

/// Counts calls.
#[derive(Debug, Default)]
pub struct Counter(AtomicU32);

impl Counter {
    /// A counter at zero.
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Adds one, and returns the count including it.
    pub fn count(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The count so far.
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}
