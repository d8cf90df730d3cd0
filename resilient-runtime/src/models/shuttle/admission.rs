//! Models of attempts during admission by breaker, concurrency and rate limits, through the route
//! of a call.

use super::explore;
use crate::{
    Breaker, BreakerState, Budget, Class, Classification, Concurrency, Policy, Rate, Upstream,
    budget::FailureReport,
    call_site::CallSite,
    clock::Moment,
    models::clock,
    route::{RetryAccounting as _, Route, RouteState, Start as _, UpstreamPolicy},
    upstream::UpstreamHandle,
};
use shuttle::thread;
use std::time::Duration;

const ORDERS: usize = 20_000;

fn upstream(permits: u32, requests: u64, tokens: u64) -> Upstream {
    clock::set(clock::START);
    let daily = |most| Rate::per_day(1).burst(most);
    // Without a budget, an upstream that has failed is not degraded: its calls need no state.
    Upstream::new("model")
        .policy(Policy::new().budget(Budget::NONE))
        .breaker(Breaker::new().consecutive(1).half_open_probes(1))
        .concurrency(Concurrency::new(permits))
        .requests(daily(requests))
        .tokens(daily(tokens))
}

/// A call with one attempt, as `Call` has it.
struct Call<U: Route> {
    route: U,
    state: RouteState,
}

impl<U: Route> Drop for Call<U> {
    fn drop(&mut self) {
        self.route.closed(&mut self.state);
    }
}

/// A call whose attempt was admitted without waiting, if it was.
fn sent<'m>(
    site: &'static CallSite,
    upstream: &'m Upstream,
    cost: u64,
) -> Option<Call<impl Route + 'm>> {
    let handle = UpstreamHandle::of(upstream).cost(cost);
    let mut call = Call {
        route: handle.start(site, UpstreamPolicy),
        state: RouteState::default(),
    };
    call.route.try_send().then_some(call)
}

/// Asserts that exactly the cost of these attempts was taken, and that no permit is in use.
fn assert_taken(upstream: &Upstream, of: (i64, i64), costs: &[u64]) {
    let (requests, tokens) = of;
    let costs = costs.iter().map(|cost| i64::try_from(*cost).unwrap());
    let snapshot = upstream.snapshot();
    assert_eq!(snapshot.in_use, Some(0));
    let sent = i64::try_from(costs.len()).unwrap();
    assert_eq!(snapshot.requests, Some(requests - sent));
    assert_eq!(snapshot.tokens, Some(tokens - costs.sum::<i64>()));
}

/// A call site of one execution.
fn site() -> &'static CallSite {
    Box::leak(Box::new(CallSite::new("model")))
}

/// Threads want more of every limit than there is: exactly the admitted attempts are taken, and
/// never more than the limit. With two permits most attempts are rejected for lack of one, with
/// three for lack of tokens, when they hold a permit and a request.
#[test]
fn f77_a_rejected_attempt_returns_everything_it_took() {
    for permits in [2, 3] {
        explore(ORDERS / 2, move || {
            let (site, upstream) = (site(), &upstream(permits, 3, 20));
            let call = |cost| {
                let mut call = sent(site, upstream, cost)?;
                thread::yield_now();
                let Call { route, state } = &mut call;
                if !route.try_succeed(true) {
                    route.succeeded(state, true, Moment::now());
                }
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

/// The circuit opens and is probed while others are being admitted: late ones return everything
/// they took, and a dropped probe frees its place.
#[test]
fn f38_a_circuit_that_opens_during_admission_keeps_nothing() {
    const COST: u64 = 10;
    explore(ORDERS, || {
        let (site, upstream) = (site(), &upstream(3, 10, 100));
        let after = clock::START.after(Duration::from_secs(5));
        let mut failing = sent(site, upstream, COST).unwrap();
        let fail = || {
            let Call { route, state } = &mut failing;
            let failure = Classification::new(Class::ServerError);
            route.failed(state, &failure, clock::START);
            let failed = FailureReport {
                class: failure.class,
                cause: None,
                now: clock::START,
                budget: upstream.config().policy.budget,
                retry: None,
            };
            state.budget.failed(route.budget().state, &failed);
        };
        let call = |now| {
            clock::pass(now);
            let call = sent(site, upstream, COST)?;
            thread::yield_now();
            drop(call);
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
        let probe = sent(site, upstream, COST);
        assert!(probe.is_some());
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::HalfOpen));
        assert!(sent(site, upstream, COST).is_none());
    });
}
