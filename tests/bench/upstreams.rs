//! Ours: one upstream for each thing that it can limit, and one for all of them.

use crate::{Failure, reply, reply_now};
use resilient_runtime::{Breaker, Concurrency, Failover, Policy, Rate, Upstream, call, resilient};

static DEFAULT: Policy = Policy::new();
/// More than is ever reached, so that no call waits.
const PLENTY: Rate = Rate::per_second(1_000_000_000).burst(1_000_000_000);

static BUDGET: Upstream = Upstream::new("budget");
static BREAKER: Upstream = Upstream::new("breaker").breaker(Breaker::new());
static REQUESTS: Upstream = Upstream::new("requests").requests(PLENTY);
static CONCURRENCY: Upstream = Upstream::new("concurrency").concurrency(Concurrency::new(32));
static ALL: Upstream = Upstream::new("all")
    .requests(PLENTY)
    .concurrency(Concurrency::new(32))
    .breaker(Breaker::new());
static TOKENS: Upstream = Upstream::new("tokens")
    .requests(PLENTY)
    .tokens(PLENTY)
    .concurrency(Concurrency::new(32))
    .breaker(Breaker::new());

static CHAT: Failover = Failover::new("chat").to(&ALL, "first").to(&ALL, "second");

#[resilient(failover = CHAT)]
pub(crate) async fn failover() -> Result<u32, Failure> {
    reply().await
}

#[resilient]
pub(crate) fn blocking() -> Result<u32, Failure> {
    reply_now()
}

#[resilient(upstream = ALL)]
pub(crate) fn blocking_all() -> Result<u32, Failure> {
    reply_now()
}

macro_rules! calls {
    ($($name:ident = ($($how:tt)*);)*) => {$(
        pub(crate) fn $name() -> impl Future<Output = Result<u32, Failure>> {
            call!($($how)*, async { reply().await })
        }
    )*};
}

calls! {
    alone = (&DEFAULT, "alone");
    budget = (upstream = BUDGET);
    breaker = (upstream = BREAKER);
    requests = (upstream = REQUESTS);
    concurrency = (upstream = CONCURRENCY);
    all = (upstream = ALL);
    tokens = (upstream = TOKENS, cost = 8);
    keyed = (upstream = ALL, key = "tenant-42");
}
