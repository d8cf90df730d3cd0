//! Hedges through the limits of an upstream.

use super::{ONCE, SECOND, after, through};
use resilient_runtime::{
    __private::Hedge, Breaker, BreakerState, Concurrency, Rate, Upstream, UpstreamConfig, call,
};
use resilient_tests::{Counter, Failure};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn a_hedge_goes_through_the_limits_of_its_upstream_and_waits_for_none() {
    let hedge = Hedge::after(SECOND, 1);
    let with = |set: &dyn Fn(&mut UpstreamConfig)| {
        let mut config = UpstreamConfig::new("limits");
        set(&mut config);
        config
    };
    let slots = |limit| with(&|config| config.concurrency = Some(Concurrency::new(limit)));
    let requests = |most| with(&|config| config.requests = Some(Rate::per_hour(1).burst(most)));
    let tokens = |most| with(&|config| config.tokens = Some(Rate::per_hour(most)));
    let cases = [
        slots(2),
        slots(1),
        requests(2),
        requests(1),
        tokens(20),
        tokens(19),
    ];
    for (config, runs) in cases.into_iter().zip([2, 1].into_iter().cycle()) {
        let upstream = Upstream::try_from(config).unwrap();
        let counter = Counter::new();
        let start = Instant::now();
        let answer = through(&upstream, &hedge, async |_| {
            counter.count();
            after(3 * SECOND, Ok(7)).await
        })
        .await;
        assert_eq!((answer.unwrap(), start.elapsed()), (7, 3 * SECOND));
        assert_eq!(counter.get(), runs, "{:?}", upstream.config());
        let snapshot = upstream.snapshot();
        assert!(matches!(snapshot.in_use, None | Some(0)));
        assert_eq!(snapshot.usage.estimated, u64::from(runs) * 10);
    }
}

/// The breaker opens while the first run is in flight.
#[tokio::test(start_paused = true)]
async fn an_open_circuit_admits_no_hedge() {
    let upstream = Upstream::new("open").breaker(Breaker::new().consecutive(1));
    let hedge = Hedge::after(SECOND, 1);
    let counter = Counter::new();
    let slow = through(&upstream, &hedge, async |_| {
        counter.count();
        after(3 * SECOND, Ok(7)).await
    });
    let failing = async {
        sleep(SECOND / 2).await;
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = ONCE, async {
            Err(Failure::status(500))
        })
        .await;
        result.unwrap_err();
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
    };
    let (answer, ()) = tokio::join!(slow, failing);
    assert_eq!((answer.unwrap(), counter.get()), (7, 1));
}
