//! A fan-out in virtual time: many workers of one process start together while the server fails.
//!
//! All workers share one [`Upstream`]. Each makes its calls one after another, and continues after
//! a call that fails. The server has no limit: at first attempts fail, regardless of their number,
//! and later they succeed. The calls are real calls of the library.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "counts of a world that is small"
)]

use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use resilient_runtime::{Upstream, call};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::callers::Callers;
use crate::trouble::{Dice, Fault};

/// The course of a burst is counted in slices of half a second.
const SLICE: Duration = Duration::from_millis(500);

const ANSWER: Duration = Duration::from_millis(500);

/// How an attempt during the incident fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failing {
    /// With a status.
    Status(u16),
    /// With a 429 that asks for a wait of this many seconds.
    RetryAfter(u64),
    /// Without a response.
    Silent,
}

/// The burst.
#[derive(Clone, Copy, Debug)]
pub struct Burst {
    /// The number of workers.
    pub workers: u32,
    /// The number of calls of each worker.
    pub calls: u32,
    /// How attempts fail.
    pub trouble: Failing,
    /// The share of attempts that fail.
    pub part: f64,
    /// The length of the incident, from the start.
    pub lasts: Duration,
    /// The latency of a success.
    pub answer_takes: Duration,
    /// The latency of a failure with a status.
    pub failure_takes: Duration,
    /// The policy of the workers. The settings for the gate and the plain budget are ignored.
    pub callers: Callers,
    /// The seed of all randomness.
    pub seed: u64,
}

impl Burst {
    /// All attempts of the first seconds fail. Every response takes half a second.
    pub const fn new(
        (workers, calls): (u32, u32),
        trouble: Failing,
        lasts: u64,
        callers: Callers,
        seed: u64,
    ) -> Self {
        Self {
            workers,
            calls,
            trouble,
            part: 1.0,
            lasts: Duration::from_secs(lasts),
            answer_takes: ANSWER,
            failure_takes: ANSWER,
            callers,
            seed,
        }
    }

    /// With these latencies of a success and of a failure.
    pub const fn takes(self, answer: Duration, failure: Duration) -> Self {
        Self {
            answer_takes: answer,
            failure_takes: failure,
            ..self
        }
    }

    /// Runs all workers. Deterministic in a runtime with paused time.
    pub async fn run(self) -> Outcome {
        let upstream = Upstream::new("burst");
        let scene = Arc::new(Scene {
            upstream: match self.callers.breaker {
                Some(breaker) => upstream.breaker(breaker),
                None => upstream,
            },
            burst: self,
            start: Instant::now(),
            dice: Mutex::new(Dice(self.seed)),
            requests: Counts::default(),
            good: Counts::default(),
        });
        let mut dice = Dice(!self.seed);
        let mut workers = JoinSet::new();
        for _ in 0..self.workers {
            workers.spawn(Arc::clone(&scene).worker(Dice(dice.roll())));
        }
        workers.join_all().await;
        let (requests, good) = (scene.requests.take(), scene.good.take());
        Outcome {
            calls: self.workers * self.calls,
            succeeded: good.iter().sum(),
            attempts: requests.iter().sum(),
            took: scene.start.elapsed(),
            requests,
            good,
        }
    }
}

/// A running burst.
struct Scene {
    upstream: Upstream,
    burst: Burst,
    start: Instant,
    /// Decides which attempts fail.
    dice: Mutex<Dice>,
    requests: Counts,
    good: Counts,
}

impl Scene {
    async fn worker(self: Arc<Self>, mut dice: Dice) {
        let scene = &*self;
        for _ in 0..scene.burst.calls {
            let policy = scene.burst.callers.policy.seed(dice.roll());
            let result = call!(upstream = &scene.upstream, policy = policy, async {
                scene.attempt().await
            })
            .await;
            if result.is_ok() {
                scene.good.count(scene.start.elapsed());
            }
        }
    }

    async fn attempt(&self) -> Result<(), Fault> {
        let burst = &self.burst;
        if !self.fails() {
            sleep(burst.answer_takes).await;
            return Ok(());
        }
        let (status, wait) = match burst.trouble {
            Failing::Status(status) => (status, None),
            Failing::RetryAfter(seconds) => (429, Some(Duration::from_secs(seconds))),
            Failing::Silent => return pending().await,
        };
        sleep(burst.failure_takes).await;
        Err(Fault::Status { status, wait })
    }

    fn fails(&self) -> bool {
        let elapsed = self.start.elapsed();
        self.requests.count(elapsed);
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        elapsed < self.burst.lasts && dice.falls(self.burst.part)
    }
}

/// The number of occurrences per slice.
#[derive(Default)]
struct Counts(Mutex<Vec<u32>>);

impl Counts {
    fn count(&self, elapsed: Duration) {
        let slice = elapsed.as_millis() / SLICE.as_millis();
        let slice = usize::try_from(slice).unwrap_or(usize::MAX);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() <= slice {
            counts.resize(slice + 1, 0);
        }
        counts[slice] += 1;
    }

    fn take(&self) -> Vec<u32> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The result of a burst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The number of calls.
    pub calls: u32,
    /// The calls that succeeded.
    pub succeeded: u32,
    /// The number of attempts.
    pub attempts: u32,
    /// The time until the last call ended.
    pub took: Duration,
    /// The attempts that began in each half second.
    pub requests: Vec<u32>,
    /// The calls that succeeded in each half second.
    pub good: Vec<u32>,
}

impl Outcome {
    /// The share of calls that succeeded.
    pub fn success(&self) -> f64 {
        f64::from(self.succeeded) / f64::from(self.calls)
    }
}
