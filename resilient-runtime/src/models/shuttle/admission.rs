//! Models of attempts on their way through breaker, slots and limits: the route of a call, as it is.

use super::explore;
use crate::{
    Breaker, BreakerState, CallSite, Class, Classification, Rate, Upstream,
    models::clock,
    route::{Failed, RetryAccounting as _, Route, Start as _},
    upstream::UpstreamHandle,
};
use shuttle::thread;
use std::time::Duration;

const ORDERS: usize = 20_000;

static SITE: CallSite = CallSite::new("model");

fn upstream(slots: u32, requests: u64, tokens: u64) -> Upstream {
    clock::set(clock::START);
    let daily = |most| Rate::per_day(1).burst(most);
    Upstream::new("model")
        .breaker(Breaker::new().consecutive(1).half_open_probes(1))
        .concurrency(slots)
        .requests(daily(requests))
        .tokens(daily(tokens))
}

/// The route of a call whose first attempt has been let through at once, if it was.
fn sent(upstream: &Upstream, cost: u64) -> Option<impl Route + '_> {
    let mut route = UpstreamHandle::of(upstream).cost(cost).start(&SITE);
    route.is_admitted().then_some(route)
}

/// What attempts of these costs have taken is gone, and nothing else; no slot is in use.
fn assert_taken(upstream: &Upstream, of: (i64, i64), costs: &[u64]) {
    let (requests, tokens) = of;
    let costs = costs.iter().map(|cost| i64::try_from(*cost).unwrap());
    let snapshot = upstream.snapshot();
    assert_eq!(snapshot.in_use, Some(0));
    let sent = i64::try_from(costs.len()).unwrap();
    assert_eq!(snapshot.requests, Some(requests - sent));
    assert_eq!(snapshot.tokens, Some(tokens - costs.sum::<i64>()));
}

/// Threads want more of each than there is: what is let through is what is gone, and never more than there was. With two
/// slots most are refused for want of one, with three for want of tokens, when they have a slot and a request.
#[test]
fn f77_what_is_refused_gives_back_all_it_took() {
    for slots in [2, 3] {
        explore(ORDERS / 2, move || {
            let upstream = &upstream(slots, 3, 20);
            let call = |cost| {
                let mut route = sent(upstream, cost)?;
                thread::yield_now();
                route.succeeded(true, &upstream.config().policy);
                Some(cost)
            };
            let costs = thread::scope(|scope| {
                let threads = [10, 10, 10, 5].map(|cost| scope.spawn(move || call(cost)));
                threads.map(|thread| thread.join().unwrap())
            });
            let costs: Vec<u64> = costs.into_iter().flatten().collect();
            assert!(!costs.is_empty());
            assert_taken(upstream, (3, 20), &costs);
            assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
        });
    }
}

/// The circuit opens, and is tried again, while others are on their way in: who comes too late gives back what it took,
/// and a probe that is dropped frees its place.
#[test]
fn f38_a_circuit_that_opens_under_way_keeps_nothing() {
    const COST: u64 = 10;
    explore(ORDERS, || {
        let upstream = &upstream(3, 10, 100);
        let after = clock::START.after(Duration::from_secs(5));
        let mut failing = sent(upstream, COST).unwrap();
        let fail = || {
            failing.failed(Failed {
                failure: &Classification::new(Class::ServerError),
                cause: None,
                is_final: false,
                now: clock::START,
                budget: upstream.config().policy.budget,
            });
        };
        let call = |now| {
            clock::pass(now);
            let route = sent(upstream, COST)?;
            thread::yield_now();
            drop(route);
            Some(COST)
        };
        let sent_meanwhile = thread::scope(|scope| {
            scope.spawn(fail);
            let callers = [clock::START, after, after].map(|now| scope.spawn(move || call(now)));
            callers.map(|caller| caller.join().unwrap())
        });
        let mut costs: Vec<u64> = sent_meanwhile.into_iter().flatten().collect();
        costs.push(COST);
        assert_taken(upstream, (10, 100), &costs);
        let probe = sent(upstream, COST);
        assert!(probe.is_some());
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::HalfOpen));
        assert!(sent(upstream, COST).is_none());
    });
}
