//! Runs with random failures and ends.

use super::Failure;
use futures::FutureExt as _;
use proptest::prelude::*;
use resilient_runtime::{
    Breaker, Class, Concurrency, Rate, Upstream, bulk::Bulk, resilient, testing::isolated,
};
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::time::{sleep, timeout};

static API: Upstream = Upstream::new("random run")
    .requests(Rate::per_second(50))
    .concurrency(Concurrency::new(6))
    .breaker(Breaker::new());

#[resilient(upstream = API, attempts = 3, timeout = "2s", deadline = "60s")]
async fn ask(kind: u8) -> Result<u8, Failure> {
    sleep(Duration::from_millis(u64::from(kind) * 7)).await;
    match kind {
        0..=9 => Err(Failure(Class::ALL[usize::from(kind) * 2])),
        10 => std::future::pending().await,
        _ => Ok(kind),
    }
}

#[derive(Clone, Debug)]
struct Case {
    kinds: Vec<u8>,
    concurrency: usize,
    max_failures: usize,
    stop: u64,
    panics: bool,
    /// The results that are taken before the run is dropped.
    taken: usize,
}

fn cases() -> impl Strategy<Value = Case> {
    let kinds = prop::collection::vec(0..60_u8, 0..80);
    let limits = (1..20_usize, 1..40_usize, 0..20_000_u64);
    (kinds, limits, any::<bool>(), 0..120_usize).prop_map(|(kinds, limits, panics, taken)| Case {
        kinds,
        concurrency: limits.0,
        max_failures: limits.1,
        stop: limits.2,
        panics,
        taken,
    })
}

/// The indices that were reported, those that were given back, and how many have neither.
async fn run(case: Case) -> (Vec<usize>, Vec<usize>, usize) {
    let total = case.kinds.len();
    let (mut reported, mut before) = (Vec::new(), 0);
    let mut run = Bulk::new(case.kinds)
        .concurrency(case.concurrency)
        .max_failures(case.max_failures)
        .stop_when(sleep(Duration::from_millis(case.stop)))
        .progress(|progress| {
            assert!(progress.ended() >= before && progress.ended() <= total);
            assert!(progress.in_flight() <= case.concurrency);
            before = progress.ended();
        })
        .run(async |kind| {
            assert!(!(case.panics && kind == 59), "a panic");
            ask(kind).await
        });
    let take = async {
        while reported.len() < case.taken {
            let Some((index, _)) = run.next().await else {
                return true;
            };
            reported.push(index);
        }
        false
    };
    let taken = timeout(
        Duration::from_secs(3_600),
        AssertUnwindSafe(take).catch_unwind(),
    )
    .await;
    let is_over = taken.unwrap();
    let rest: Vec<usize> = run.into_rest().map(|(index, _)| index).collect();
    assert_eq!(API.snapshot().in_use, Some(0));
    let missing = total - reported.len() - rest.len();
    match is_over {
        // Those that have panicked.
        Err(_) => assert!(missing > 0),
        Ok(true) => assert_eq!(missing, 0),
        // Those that were in flight when the run was dropped.
        Ok(false) => assert!(missing <= case.concurrency),
    }
    (reported, rest, missing)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_index_is_reported_once_or_given_back(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let total = case.kinds.len();
        let (reported, rest, missing) = runtime.block_on(isolated(run(case)));
        let mut all = [reported, rest].concat();
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(all.len() + missing, total);
    }
}
