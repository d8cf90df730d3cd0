//! A simulation of callers and a server with an incident, in virtual time, for comparing retry
//! policies. Above 300 lines, since the server, the callers and their world are one model.
//!
//! 2,000 callers in 20 processes want 800 operations per second of a server with a capacity of
//! 1,000. In an open world the demand does not depend on how earlier operations end. In a closed
//! one each caller waits for the end of its operation, and pauses, before it begins the next. Each
//! process has its own [`Upstream`], which its callers share. The calls are real; only the time is
//! virtual, and the server is a queue in memory.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "counts of a world that is small"
)]

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::{Policy, Upstream, call, resilient};
use tokio::time::{Instant, sleep, sleep_until};

pub use crate::callers::Callers;
use crate::plain_budget::PlainBudget;
pub use crate::trouble::Trouble;
use crate::trouble::{Dice, Fault, Server};

const TICK: Duration = Duration::from_millis(10);

/// The share of operations that has to succeed after recovery.
const WELL: f64 = 0.95;

/// The demand on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// This number of operations per second, regardless of how earlier ones end, by callers chosen
    /// at random. A multiple of 100.
    PerSecond(u32),
    /// This number of workers, each of which begins an operation when its previous one has ended.
    Workers(u32),
    /// This number of callers, each of which pauses for an exponentially distributed time with this
    /// mean between two operations. They begin spread over one pause, and each stays in its
    /// process.
    Think {
        /// Their number; a multiple of the processes.
        callers: u32,
        /// The mean pause.
        pause: Duration,
    },
}

impl Demand {
    /// 2,000 callers that want 800 operations per second while all is well, and fewer while they
    /// wait.
    pub const THINK: Self = Self::Think {
        callers: 2_000,
        pause: Duration::from_millis(2_500),
    };
}

/// The world. All times are seconds from its start.
#[derive(Clone, Debug)]
pub struct World {
    /// The kind of the incident.
    pub trouble: Trouble,
    /// The start and the end of the incident.
    pub incident: Range<usize>,
    /// The time after which no operation starts.
    pub end: usize,
    /// The number of processes.
    pub processes: u32,
    /// The demand.
    pub demand: Demand,
    /// The behaviour of the callers.
    pub callers: Callers,
    /// Operations that fail for good.
    pub broken: Option<Broken>,
    /// The seed of all randomness.
    pub seed: u64,
}

/// Operations that always fail: at once, without using capacity.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// The share of the operations.
    pub part: f64,
    /// Their status.
    pub status: u16,
}

impl World {
    /// The default world, with an incident from 30 s to 50 s.
    pub const fn new(trouble: Trouble, callers: Callers, seed: u64) -> Self {
        Self {
            trouble,
            incident: 30..50,
            end: 110,
            processes: 20,
            demand: Demand::PerSecond(800),
            callers,
            broken: None,
            seed,
        }
    }

    /// Runs until the last operation has ended. Deterministic in a runtime with paused time.
    pub async fn run(self) -> Course {
        let process = || Process::new(&self.callers);
        let run = Arc::new(Run {
            server: Server::new(self.seed),
            processes: (0..self.processes).map(|_| process()).collect(),
            policy: self.callers.policy,
            plain_budget: self.callers.plain_budget,
            broken: self.broken,
            start: Instant::now(),
            course: Mutex::new(Course::new(&self)),
            open: AtomicU32::new(0),
        });
        let mut dice = Dice(!self.seed);
        match self.demand {
            Demand::PerSecond(_) => {}
            Demand::Workers(workers) => {
                (0..workers).for_each(|_| run.begin(&mut dice, self.end));
            }
            Demand::Think { callers, pause } => {
                (0..callers).for_each(|caller| run.think(caller, pause, &mut dice, self.end));
            }
        }
        for tick in 0_u32.. {
            let (second, part) = ((tick / 100) as usize, tick % 100);
            if part == 0 {
                let is_incident = self.incident.contains(&second);
                run.server.set(is_incident.then_some(self.trouble));
            }
            run.server.work();
            match self.demand {
                Demand::PerSecond(wanted) if second < self.end => {
                    (0..wanted / 100).for_each(|_| run.begin(&mut dice, 0));
                }
                _ if run.open.load(Ordering::Relaxed) == 0 => break,
                _ => {}
            }
            sleep_until(run.start + TICK * (tick + 1)).await;
            let requests = run.server.take_requests();
            *at(&mut run.course().requests, second) += requests;
        }
        std::mem::take(&mut *run.course())
    }
}

/// A running world.
struct Run {
    server: Server,
    processes: Vec<Process>,
    policy: Policy,
    plain_budget: bool,
    broken: Option<Broken>,
    start: Instant,
    course: Mutex<Course>,
    open: AtomicU32,
}

struct Process {
    upstream: Upstream,
    plain: PlainBudget,
}

impl Process {
    fn new(callers: &Callers) -> Self {
        let upstream = Upstream::new("world").gate(callers.gate);
        Self {
            upstream: match callers.breaker {
                Some(breaker) => upstream.breaker(breaker),
                None => upstream,
            },
            plain: PlainBudget::default(),
        }
    }
}

impl Run {
    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn second(&self) -> usize {
        usize::try_from(self.start.elapsed().as_secs()).unwrap_or(usize::MAX)
    }

    /// Begins an operation in a process chosen at random, and then another one, until this second.
    fn begin(self: &Arc<Self>, dice: &mut Dice, until: usize) {
        let pick = dice.roll();
        self.caller(pick, Dice(dice.roll()), until, None);
    }

    /// Begins an operation within a pause, and another one after each pause, until this second.
    fn think(self: &Arc<Self>, caller: u32, pause: Duration, dice: &mut Dice, until: usize) {
        self.caller(caller.into(), Dice(dice.roll()), until, Some(pause));
    }

    fn caller(
        self: &Arc<Self>,
        number: u64,
        mut dice: Dice,
        until: usize,
        pause: Option<Duration>,
    ) {
        let run = Arc::clone(self);
        run.open.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            let processes = run.processes.len() as u64;
            let index = usize::try_from(number % processes).unwrap_or_default();
            if let Some(pause) = pause {
                sleep(pause.mul_f64(dice.part())).await;
            }
            loop {
                let began = run.second();
                let Some(process) = run.processes.get(index) else {
                    break;
                };
                let broken = run.broken.filter(|broken| dice.falls(broken.part));
                if let Some(Broken { status, .. }) = broken {
                    run.fail(process, dice.roll(), status).await;
                } else {
                    *at(&mut run.course().wanted, began) += 1;
                }
                let result = match broken {
                    Some(_) => Err(Fault::Refused),
                    None => run.operation(process, dice.roll()).await,
                };
                let ended = run.second();
                if result.is_ok() {
                    let course = &mut *run.course();
                    *at(&mut course.succeeded, began) += 1;
                    *at(&mut course.good, ended) += 1;
                }
                if let Some(pause) = pause {
                    sleep(dice.pause(pause)).await;
                }
                if run.second() >= until {
                    break;
                }
            }
            run.open.fetch_sub(1, Ordering::Relaxed);
        });
    }

    /// An operation that always fails.
    async fn fail(&self, process: &Process, seed: u64, status: u16) {
        let (policy, start) = (self.policy.seed(seed), Instant::now());
        let upstream = &process.upstream;
        let result: Result<(), Fault> = call!(upstream = upstream, policy = policy, async {
            Err(self.server.fail(status).await)
        })
        .await;
        let broken = &mut self.course().broken;
        broken.0 += u32::from(result.is_err());
        broken.1 += start.elapsed();
    }

    async fn operation(&self, process: &Process, seed: u64) -> Result<(), Fault> {
        let policy = self.policy.seed(seed);
        if self.plain_budget {
            return plain(&self.server, &process.plain, &policy).await;
        }
        let upstream = &process.upstream;
        call!(upstream = upstream, policy = policy, async {
            self.server.request().await
        })
        .await
    }
}

#[resilient(policy = policy, backoff = budget)]
async fn plain(server: &Server, budget: &PlainBudget, policy: &Policy) -> Result<(), Fault> {
    budget.request();
    server.request().await
}

/// The result of a world, second by second.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The operations that began.
    pub wanted: Vec<u32>,
    /// Those of them that succeeded at any time.
    pub succeeded: Vec<u32>,
    /// The operations that ended in success.
    pub good: Vec<u32>,
    /// The requests that reached the server.
    pub requests: Vec<u32>,
    /// The number of operations that always fail and have failed, and their total time.
    pub broken: (u32, Duration),
    /// When the incident began and ended.
    pub incident: Range<usize>,
    /// The time after which no operation started.
    pub end: usize,
}

impl Course {
    fn new(world: &World) -> Self {
        Self {
            incident: world.incident.clone(),
            end: world.end,
            ..Self::default()
        }
    }

    /// The share of the operations wanted in these seconds that succeeded in the end, including by
    /// retries.
    pub fn success(&self, seconds: Range<usize>) -> f64 {
        sum(&self.succeeded, &seconds) / sum(&self.wanted, &seconds)
    }

    /// The requests that reached the server in these seconds, per operation wanted in them.
    pub fn load(&self, seconds: Range<usize>) -> f64 {
        sum(&self.requests, &seconds) / sum(&self.wanted, &seconds)
    }

    /// The mean time until a broken operation failed.
    pub fn time_to_failure(&self) -> Duration {
        let (failed, time) = self.broken;
        time.checked_div(failed).unwrap_or_default()
    }

    /// The seconds from the end of the incident to recovery: to the first second from which on at
    /// least 95 % of the operations begun in every second succeeded. `None` without a recovery.
    pub fn back(&self) -> Option<usize> {
        let after = self.incident.end..self.end;
        let is_bad = |second: &usize| self.success(*second..second + 1) < WELL;
        let latest = after.clone().rev().find(is_bad);
        let over = latest.map_or(after.start, |bad| bad + 1) + 1;
        (over <= after.end).then(|| over - after.start)
    }
}

fn sum(counts: &[u32], seconds: &Range<usize>) -> f64 {
    let counts = counts.iter().take(seconds.end).skip(seconds.start);
    f64::from(counts.sum::<u32>())
}

/// The count of a second, which is zero until it comes.
fn at(counts: &mut Vec<u32>, second: usize) -> &mut u32 {
    if counts.len() <= second {
        counts.resize(second + 1, 0);
    }
    &mut counts[second]
}
