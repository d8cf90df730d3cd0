//! The server of the [`world`](crate::world), and its incidents. The [`burst`](crate::burst) also
//! uses its failures and its randomness.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "counts of a world that is small"
)]

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::{Classify, Rejection};
use tokio::sync::oneshot;
use tokio::time::sleep;

/// The capacity of the server, in requests per second.
const CAPACITY: f64 = 1_000.0;

/// The length of the server's queue; further requests are dropped. Requests given up by their
/// client stay in the queue, so the server processes them too.
const DEEP: usize = 2_000;

/// The length of the queue of a server that sheds load.
const SHALLOW: usize = 50;

/// The round trip of a request that fails at once.
const WAY: Duration = Duration::from_millis(20);

/// The ticks per second.
const TICKS: f64 = 100.0;

/// The kind of an incident. A request that fails at once uses no capacity.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Trouble {
    /// This share of the requests fails at once with this status, regardless of the load.
    Faults(u16, f64),
    /// A response takes between these two times, and this share of the responses is a 500.
    Slow(Duration, Duration, f64),
    /// The server works at this share of its speed. Up to 2,000 requests wait in its queue; further
    /// ones get no response.
    Crawl(f64),
    /// The server works at this share of its speed, and answers other requests with 503 at once.
    Sheds(f64),
    /// A quota of requests per second; others get a 429, with or without `Retry-After`.
    Quota {
        /// Requests per second.
        limit: u32,
        /// Whether there is a `Retry-After` of a second.
        tells: bool,
        /// The latency of a request within the quota.
        takes: Duration,
    },
    /// Connections are refused.
    Refused,
    /// Requests get no answer for this long, and then a 504.
    Hang(Duration),
    /// This share of the requests gets no response.
    Silence(f64),
}

/// The failure of a request.
#[derive(Debug, Classify)]
pub(crate) enum Fault {
    #[classify(status = status, retry_after = wait)]
    Status { status: u16, wait: Option<Duration> },
    #[classify(connect)]
    Refused,
    #[classify(rejection)]
    Rejected(Rejection),
}

impl Fault {
    const fn status(status: u16) -> Self {
        Self::Status { status, wait: None }
    }
}

/// The server. It advances by one tick when it is called.
pub(crate) struct Server {
    state: Mutex<State>,
}

struct State {
    trouble: Option<Trouble>,
    line: VecDeque<oneshot::Sender<()>>,
    /// Unused capacity, in requests.
    leftover: f64,
    /// The number of ticks, and the requests admitted since the last whole second.
    ticks: u32,
    admitted: u32,
    requests: u32,
    dice: Dice,
}

/// The outcome of a request.
enum Fate {
    Fails(Fault),
    Waits(oneshot::Receiver<()>),
    Takes(Duration, Result<(), Fault>),
    Lost,
}

impl Server {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                trouble: None,
                line: VecDeque::new(),
                leftover: 0.0,
                ticks: 0,
                admitted: 0,
                requests: 0,
                dice: Dice(seed),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the incident.
    pub(crate) fn set(&self, trouble: Option<Trouble>) {
        self.state().trouble = trouble;
    }

    /// The requests that reached it since the last call of this function.
    pub(crate) fn take_requests(&self) -> u32 {
        std::mem::take(&mut self.state().requests)
    }

    /// One request.
    pub(crate) async fn request(&self) -> Result<(), Fault> {
        let fate = self.state().receive();
        match fate {
            Fate::Fails(fault) => {
                sleep(WAY).await;
                Err(fault)
            }
            // Dropped requests are unanswered ones too.
            Fate::Waits(answer) => match answer.await {
                Ok(()) => Ok(()),
                Err(_) => pending().await,
            },
            Fate::Takes(time, answer) => {
                sleep(time).await;
                answer
            }
            Fate::Lost => pending().await,
        }
    }

    /// A request that fails at once.
    pub(crate) async fn fail(&self, status: u16) -> Fault {
        self.state().requests += 1;
        sleep(WAY).await;
        Fault::status(status)
    }

    /// Works for one tick.
    pub(crate) fn work(&self) {
        let state = &mut *self.state();
        state.ticks += 1;
        if f64::from(state.ticks) % TICKS == 0.0 {
            state.admitted = 0;
        }
        let speed = match state.trouble {
            Some(Trouble::Crawl(speed) | Trouble::Sheds(speed)) => speed,
            _ => 1.0,
        };
        state.leftover += CAPACITY * speed / TICKS;
        while state.leftover >= 1.0 {
            state.leftover -= 1.0;
            match state.line.pop_front() {
                // It detects that the client has given up only when the work is done.
                Some(answer) => drop(answer.send(())),
                None => state.leftover = state.leftover.fract(),
            }
        }
    }
}

impl State {
    fn receive(&mut self) -> Fate {
        self.requests += 1;
        match self.trouble {
            Some(Trouble::Faults(status, part)) if self.dice.falls(part) => {
                Fate::Fails(Fault::status(status))
            }
            Some(Trouble::Slow(least, most, part)) => {
                let time = least + most.saturating_sub(least).mul_f64(self.dice.part());
                let fails = self.dice.falls(part);
                Fate::Takes(
                    time,
                    if fails {
                        Err(Fault::status(500))
                    } else {
                        Ok(())
                    },
                )
            }
            Some(Trouble::Sheds(_)) if self.line.len() >= SHALLOW => {
                Fate::Fails(Fault::status(503))
            }
            Some(Trouble::Quota {
                limit,
                tells,
                takes,
            }) => {
                if self.admitted >= limit {
                    let wait = tells.then_some(Duration::from_secs(1));
                    return Fate::Fails(Fault::Status { status: 429, wait });
                }
                self.admitted += 1;
                Fate::Takes(takes, Ok(()))
            }
            Some(Trouble::Refused) => Fate::Fails(Fault::Refused),
            Some(Trouble::Silence(part)) if self.dice.falls(part) => Fate::Lost,
            Some(Trouble::Hang(time)) => Fate::Takes(time, Err(Fault::status(504))),
            _ if self.line.len() >= DEEP => Fate::Lost,
            _ => {
                let (answer, waits) = oneshot::channel();
                self.line.push_back(answer);
                Fate::Waits(waits)
            }
        }
    }
}

/// Repeatable randomness: [SplitMix64](https://doi.org/10.1145/2714064.2660195).
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform from 0 to below 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits, as many as the number has"
    )]
    pub(crate) fn part(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of an exponential distribution with this mean.
    pub(crate) fn pause(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(-(1.0 - self.part()).ln())
    }

    pub(crate) fn falls(&mut self, part: f64) -> bool {
        self.part() < part
    }
}
