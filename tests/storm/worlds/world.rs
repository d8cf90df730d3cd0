//! A world and its run.

use futures::future::join_all;
use resilient_runtime::{
    Backoff, Breaker, Budget, Class, Classification, Concurrency, Jitter, Policy, Rate, ServerWait,
    Snapshot, Upstream, WaitOrigin,
};
use resilient_tests::Failure;
use std::{
    cell::{Cell, RefCell},
    future::pending,
    time::Duration,
};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Numbers by [SplitMix64](https://doi.org/10.1145/2714064.2660195).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `end`, exclusive.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }

    fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    ServerError,
    Overloaded,
    /// With a wait of this many seconds.
    RateLimited(u64),
    Refused,
    Hangs,
    NotFound,
}

#[derive(Debug)]
pub(super) struct Caller {
    start: Duration,
    /// After this time, its call is dropped.
    drops_after: Option<Duration>,
    latency: Duration,
    /// Whether its attempt with this number fails by chance.
    bad_luck: u64,
}

#[derive(Debug)]
pub(super) struct World {
    /// Requests a second, and the burst.
    pub(super) rate: Option<(u64, u64)>,
    pub(super) permits: Option<u32>,
    pub(super) has_breaker: bool,
    pub(super) policy: Policy,
    /// From when to when every attempt has the fault.
    pub(super) outage: (Duration, Duration),
    pub(super) fault: Fault,
    /// One in so many attempts fails besides; none if zero.
    pub(super) noise: u64,
    pub(super) callers: Vec<Caller>,
}

/// What has happened to a call.
#[derive(Debug, Default)]
pub(super) struct CallLog {
    pub(super) start: Duration,
    /// When its attempts were sent.
    pub(super) sent: Vec<Duration>,
    pub(super) result: Option<Result<(), Class>>,
}

impl CallLog {
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.result, Some(Err(_)))
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.result.is_none()
    }
}

#[derive(Debug)]
pub(super) struct Log {
    pub(super) calls: Vec<CallLog>,
    /// The most attempts that were in flight at once.
    pub(super) most_in_flight: u32,
    pub(super) after: Snapshot,
    /// The results of calls one after another when the server has been well for long.
    pub(super) later: Vec<Result<(), Class>>,
}

/// The server, and all that it has seen.
struct Server<'w> {
    world: &'w World,
    start: Instant,
    in_flight: Cell<u32>,
    most_in_flight: Cell<u32>,
    /// Whether nothing fails any more.
    is_well: Cell<bool>,
}

struct InFlight<'s>(&'s Cell<u32>);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Server<'_> {
    async fn answer(&self, caller: &Caller, log: &RefCell<CallLog>) -> Result<(), Failure> {
        let now = self.start.elapsed();
        log.borrow_mut().sent.push(now);
        let number = log.borrow().sent.len() as u64;
        self.in_flight.set(self.in_flight.get() + 1);
        let most = self.most_in_flight.get().max(self.in_flight.get());
        self.most_in_flight.set(most);
        let _in_flight = InFlight(&self.in_flight);
        let world = self.world;
        let (begin, end) = world.outage;
        if now >= begin && now < end {
            return fail(world.fault).await;
        }
        sleep(caller.latency).await;
        let is_noisy = world.noise > 0 && !self.is_well.get();
        let is_unlucky = is_noisy && Random(caller.bad_luck + number).one_in(world.noise);
        if is_unlucky {
            return fail(Fault::ServerError).await;
        }
        Ok(())
    }
}

async fn fail(fault: Fault) -> Result<(), Failure> {
    let failure = match fault {
        Fault::ServerError => Failure::status(500),
        Fault::Overloaded => Failure::status(503),
        Fault::NotFound => Failure::status(404),
        Fault::Refused => Failure::of(Class::Connect),
        Fault::Hangs => return pending().await,
        Fault::RateLimited(seconds) => {
            let wait = ServerWait::new(Duration::from_secs(seconds), WaitOrigin::RetryAfter);
            Failure::from(Classification::of_status(429).wait(wait))
        }
    };
    Err(failure)
}

impl World {
    pub(super) fn random(number: u64) -> Self {
        let random = &mut Random(number);
        let rate = random
            .one_in(2)
            .then(|| (1 + random.below(50), 1 + random.below(30)));
        let permits = random
            .one_in(2)
            .then(|| 1 + u32::try_from(random.below(10)).unwrap());
        let has_breaker = random.one_in(3);
        let initial = [10, 100, 1_000, 1_000][usize::try_from(random.below(4)).unwrap()];
        let mut policy = Policy::new()
            .attempts(1 + u32::try_from(random.below(6)).unwrap())
            .timeout(random.millis(500, 20_000))
            .backoff(Backoff::exponential(Duration::from_millis(initial)).jitter(Jitter::Full))
            .seed(number);
        if random.one_in(3) {
            policy = policy.deadline(random.millis(100, 40_000));
        }
        if random.one_in(5) {
            policy = policy.budget(Budget::NONE);
        }
        let begin = random.millis(0, 5_000);
        let outage = (begin, begin + random.millis(1, 20_000));
        let faults = [
            Fault::ServerError,
            Fault::Overloaded,
            Fault::RateLimited(1 + random.below(5)),
            Fault::Refused,
            Fault::Hangs,
            Fault::NotFound,
        ];
        let fault = faults[usize::try_from(random.below(6)).unwrap()];
        let noise = [0, 0, 2, 4][usize::try_from(random.below(4)).unwrap()];
        let callers = (0..=random.below(40))
            .map(|_| Caller {
                start: random.millis(0, 15_000),
                drops_after: random.one_in(5).then(|| random.millis(0, 10_000)),
                latency: random.millis(1, 400),
                bad_luck: random.next() >> 8,
            })
            .collect();
        Self {
            rate,
            permits,
            has_breaker,
            policy,
            outage,
            fault,
            noise,
            callers,
        }
    }

    fn upstream(&self) -> Upstream {
        let mut upstream = Upstream::new("world").max_wait(Duration::from_secs(600));
        if let Some((rate, burst)) = self.rate {
            upstream = upstream.requests(Rate::per_second(rate).burst(burst));
        }
        if let Some(permits) = self.permits {
            upstream = upstream.concurrency(Concurrency::new(permits));
        }
        if self.has_breaker {
            upstream = upstream.breaker(Breaker::new().min_calls(5).failure_ratio(0.5));
        }
        upstream
    }

    pub(super) async fn run(&self) -> Log {
        let upstream = self.upstream();
        let server = Server {
            world: self,
            start: Instant::now(),
            in_flight: Cell::new(0),
            most_in_flight: Cell::new(0),
            is_well: Cell::new(false),
        };
        let calls = self.callers.iter().map(async |caller| {
            sleep_until(server.start + caller.start).await;
            let log = RefCell::new(CallLog {
                start: server.start.elapsed(),
                ..CallLog::default()
            });
            let call = upstream
                .call("world")
                .policy(&self.policy)
                .run(async || server.answer(caller, &log).await);
            let result = match caller.drops_after {
                Some(time) => timeout(time, call).await.ok(),
                None => Some(call.await),
            };
            let mut log = log.into_inner();
            log.result = result.map(|result: Result<(), Failure>| result.map_err(|it| it.class()));
            log
        });
        let calls = join_all(calls).await;
        let after = upstream.snapshot();
        // Longer than every break, and than the longest outage.
        sleep(Duration::from_secs(1_200)).await;
        server.is_well.set(true);
        let mut later = Vec::new();
        let lucky = &self.callers[0];
        for _ in 0..5 {
            let log = RefCell::default();
            let call = upstream.call("world").policy(&Policy::DEFAULT);
            let result: Result<(), Failure> =
                call.run(async || server.answer(lucky, &log).await).await;
            later.push(result.map_err(|failure| failure.class()));
            sleep(Duration::from_secs(2)).await;
        }
        Log {
            calls,
            most_in_flight: server.most_in_flight.get(),
            after,
            later,
        }
    }
}
