//! A world: callers, limits, faults and clocks.

use super::random::Random;
use resilient_runtime::{
    Backoff, Breaker, Budget, Concurrency, Hedge, Jitter, Policy, Rate, Upstream,
};
use std::time::Duration;

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
    pub(super) start: Duration,
    /// After this time, its call is dropped.
    pub(super) drops_after: Option<Duration>,
    pub(super) latency: Duration,
    /// Whether its attempt with this number fails by chance.
    pub(super) bad_luck: u64,
    /// The estimated tokens of an attempt.
    pub(super) cost: u64,
    /// The tokens that a success has used; none if it does not say so.
    pub(super) used: Option<u64>,
    /// The call that each of its attempts makes after its own request.
    pub(super) inner: Option<Inner>,
    /// A busy task: it is often polled long after it was woken.
    pub(super) is_late: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Inner {
    /// Whether it goes through the upstream of the outer call, or through another one.
    pub(super) is_same_upstream: bool,
    pub(super) attempts: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Hedging {
    After(Duration, u32),
    Quantile(f64, u32),
}

/// A limit: units a second, and the burst.
pub(super) type Limit = (u64, u64);

#[derive(Debug)]
pub(super) struct World {
    pub(super) rate: Option<Limit>,
    pub(super) tokens: Option<Limit>,
    pub(super) permits: Option<u32>,
    pub(super) has_breaker: bool,
    /// Whether a server's wait pauses all callers.
    pub(super) has_gate: bool,
    pub(super) policy: Policy,
    pub(super) hedging: Option<Hedging>,
    /// From when to when every attempt has the fault.
    pub(super) outage: (Duration, Duration),
    pub(super) fault: Fault,
    /// One in so many attempts fails besides; none if zero.
    pub(super) noise: u64,
    pub(super) callers: Vec<Caller>,
    /// The clock leaps after each of these times, by the second one.
    pub(super) leaps: Vec<(Duration, Duration)>,
}

impl Hedging {
    pub(super) fn runs(self) -> u32 {
        match self {
            Self::After(_, max) | Self::Quantile(_, max) => 1 + max,
        }
    }

    pub(super) fn hedge(self) -> Hedge {
        match self {
            Self::After(after, max) => Hedge::after(after, max),
            Self::Quantile(quantile, max) => Hedge::quantile(quantile, max),
        }
    }
}

impl World {
    pub(super) fn random(number: u64) -> Self {
        let random = &mut Random(number);
        let rate = random
            .one_in(2)
            .then(|| (1 + random.below(50), 1 + random.below(30)));
        let permits = random.one_in(2).then(|| random.up_to(10));
        let has_breaker = random.one_in(3);
        let initial = random.one_of(&[10, 100, 1_000, 1_000]);
        let mut policy = Policy::new()
            .attempts(random.up_to(6))
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
        let fault = random.one_of(&faults);
        let noise = random.one_of(&[0, 0, 2, 4]);
        let tokens = random
            .one_in(3)
            .then(|| (50 + random.below(500), 20 + random.below(300)));
        let hedging = random.one_in(4).then(|| hedging(random));
        let has_gate = random.one_in(3);
        let has_inner = random.one_in(4);
        let is_late = random.one_in(4);
        let leaps = if random.one_in(4) {
            (0..=random.below(6))
                .map(|_| (random.millis(1, 8_000), random.millis(1, 30_000)))
                .collect()
        } else {
            Vec::new()
        };
        let mut caller = |_| Caller {
            start: random.millis(0, 15_000),
            drops_after: random.one_in(5).then(|| random.millis(0, 10_000)),
            latency: random.millis(1, 400),
            bad_luck: random.next() >> 8,
            cost: tokens.map_or(0, |(_, burst)| 1 + random.below(burst)),
            used: random.one_in(2).then(|| random.below(200)),
            inner: (has_inner && random.one_in(2)).then(|| Inner {
                is_same_upstream: random.one_in(2),
                attempts: random.up_to(4),
            }),
            is_late: is_late && random.one_in(2),
        };
        let number_of_callers = Random(number ^ 0x5555).below(40);
        Self {
            rate,
            tokens,
            permits,
            has_breaker,
            has_gate,
            policy,
            hedging,
            outage,
            fault,
            noise,
            callers: (0..=number_of_callers).map(&mut caller).collect(),
            leaps,
        }
    }

    pub(super) fn upstream(&self, name: &'static str) -> Upstream {
        // Longer than all waits: a limit of tokens may owe an hour.
        let mut upstream = Upstream::new(name)
            .max_wait(Duration::from_secs(4 * 3_600))
            .gate(self.has_gate);
        if let Some((rate, burst)) = self.rate {
            upstream = upstream.requests(Rate::per_second(rate).burst(burst));
        }
        if let Some((rate, burst)) = self.tokens {
            upstream = upstream.tokens(Rate::per_second(rate).burst(burst));
        }
        if let Some(permits) = self.permits {
            upstream = upstream.concurrency(Concurrency::new(permits));
        }
        if self.has_breaker {
            upstream = upstream.breaker(Breaker::new().min_calls(5).failure_ratio(0.5));
        }
        upstream
    }
}

fn hedging(random: &mut Random) -> Hedging {
    let max = random.up_to(3);
    if random.one_in(2) {
        Hedging::After(random.millis(1, 500), max)
    } else {
        Hedging::Quantile(random.one_of(&[0.1, 0.5, 0.9, 0.99]), max)
    }
}
