//! The server of the [`world`](crate::world), and the troubles it can be in.
//! The [`burst`](crate::burst) shares its failures and its dice.

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

/// What the server answers when all is well, in requests a second.
const CAPACITY: f64 = 1_000.0;

/// How many requests wait for the server's attention before the system drops further ones. Nobody takes out of that line
/// what its client has given up, so the server works on that too.
const DEEP: usize = 2_000;

/// How many requests a server lets wait that sheds load.
const SHALLOW: usize = 50;

/// How long the way to the server and back takes what fails at once.
const WAY: Duration = Duration::from_millis(20);

/// How often the server works, a second.
const TICKS: f64 = 100.0;

/// What is wrong during an incident. What fails at once costs the server nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Trouble {
    /// This part of the requests fails at once with this status, whatever the load.
    Faults(u16, f64),
    /// An answer takes this long, at least and at most, and this part of the answers is a 500.
    Slow(Duration, Duration, f64),
    /// The server works at this part of its speed, and requests wait in line: up to 2,000, and what comes then gets no
    /// answer at all.
    Crawl(f64),
    /// The server works at this part of its speed, and answers what it has no time for with 503, at once.
    Sheds(f64),
    /// Only so many requests of each second are let in, and the others get a 429, which says how long to wait or does not.
    Quota {
        /// Requests in a second.
        limit: u32,
        /// Whether there is a `Retry-After` of a second.
        tells: bool,
        /// How long a request takes that was let in.
        takes: Duration,
    },
    /// Connections are refused.
    Refused,
    /// Requests get no answer for this long, and then a 504.
    Hang(Duration),
    /// This part of the requests gets no answer at all.
    Silence(f64),
}

/// How a request has failed.
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

/// The server. It works when it is told to, a tick at a time.
pub(crate) struct Server {
    state: Mutex<State>,
}

struct State {
    trouble: Option<Trouble>,
    line: VecDeque<oneshot::Sender<()>>,
    /// What it could have done and has not, in requests.
    leftover: f64,
    /// How many ticks it has worked, and the requests let in since the last whole second.
    ticks: u32,
    admitted: u32,
    requests: u32,
    dice: Dice,
}

/// What becomes of a request.
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

    /// What is wrong from now on.
    pub(crate) fn set(&self, trouble: Option<Trouble>) {
        self.state().trouble = trouble;
    }

    /// The requests that have reached it since this was asked last.
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

    /// Works for the time of a tick.
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
                // That nobody waits for the answer any more, it finds out when the work is done.
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
