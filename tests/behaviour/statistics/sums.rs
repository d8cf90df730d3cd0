//! The sums: calls are successes, failures, rejections and cancellations, whatever happens.

use futures::FutureExt as _;
use proptest::prelude::*;
use resilient_runtime::{
    Backoff, Breaker, Jitter, Outcome, Policy, Upstream, resilient, snapshot, statistics,
    testing::isolated,
};
use resilient_tests::{Failure, in_paused_time};
use std::{
    cell::Cell,
    future::pending,
    panic::{AssertUnwindSafe, resume_unwind},
    time::Duration,
};
use tokio::time::{sleep, timeout};

static API: Upstream = Upstream::new("summed").breaker(Breaker::new().min_calls(1_000_000));

const POLICY: Policy = Policy::new()
    .attempts(3)
    .backoff(Backoff::fixed(Duration::from_millis(10)).jitter(Jitter::None));

/// The fate of a call.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// So many failures before a success, each attempt after a wait or at once.
    Fails {
        times: u32,
        waits: bool,
    },
    /// An error that is not retried; the fallback answers it.
    Fallback,
    Panics {
        waits: bool,
    },
    /// Dropped in its first attempt, or in the wait before its second one.
    Dropped {
        in_backoff: bool,
    },
    Isolated,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => (0..4_u32, any::<bool>()).prop_map(|(times, waits)| Fate::Fails { times, waits }),
        1 => Just(Fate::Fallback),
        1 => any::<bool>().prop_map(|waits| Fate::Panics { waits }),
        1 => any::<bool>().prop_map(|in_backoff| Fate::Dropped { in_backoff }),
        1 => Just(Fate::Isolated),
    ]
}

async fn body(fate: Fate, failed: &Cell<u32>) -> Result<(), Failure> {
    let (waits, times, status) = match fate {
        Fate::Fails { times, waits } => (waits, times, 503),
        Fate::Fallback => (false, 1, 400),
        Fate::Panics { waits } => (waits, 0, 0),
        Fate::Dropped { in_backoff: true } => (false, 3, 503),
        Fate::Dropped { in_backoff: false } => pending().await,
        Fate::Isolated => (false, 0, 0),
    };
    if waits {
        sleep(Duration::from_millis(1)).await;
    }
    if let Fate::Panics { .. } = fate {
        // Without a message.
        resume_unwind(Box::new("as asked"));
    }
    if failed.get() == times {
        return Ok(());
    }
    failed.set(failed.get() + 1);
    Err(Failure::status(status))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it gives the result of the function"
)]
fn answer(_: Fate, _: &Cell<u32>, _: Failure) -> Result<(), Failure> {
    Ok(())
}

#[resilient(name = "direct", policy = POLICY, fallback(invalid_request = answer))]
async fn direct(fate: Fate, failed: &Cell<u32>) -> Result<(), Failure> {
    body(fate, failed).await
}

#[resilient(name = "through", policy = POLICY, upstream = API, fallback(invalid_request = answer))]
async fn through(fate: Fate, failed: &Cell<u32>) -> Result<(), Failure> {
    body(fate, failed).await
}

#[resilient(
    name = "by key",
    policy = POLICY,
    upstream = API,
    key = key,
    fallback(invalid_request = |_, _, _, _| Ok(()))
)]
async fn by_key(key: &'static str, fate: Fate, failed: &Cell<u32>) -> Result<(), Failure> {
    body(fate, failed).await
}

/// Makes a call. Returns how it should be counted.
async fn make(function: usize, fate: Fate) -> Outcome {
    let failed = Cell::new(0);
    let call = async {
        match function {
            0 => direct(fate, &failed).await,
            1 => through(fate, &failed).await,
            _ => by_key("tenant", fate, &failed).await,
        }
    };
    let has_upstream = function > 0;
    match fate {
        Fate::Dropped { .. } => {
            let cut = timeout(Duration::from_millis(5), call).await;
            cut.unwrap_err();
            Outcome::Cancelled
        }
        Fate::Panics { .. } => {
            AssertUnwindSafe(call).catch_unwind().await.unwrap_err();
            Outcome::Cancelled
        }
        Fate::Isolated if has_upstream => {
            API.isolate();
            call.await.unwrap_err();
            API.release();
            Outcome::Rejected
        }
        Fate::Fallback => {
            call.await.unwrap();
            Outcome::Fallback
        }
        Fate::Fails { times: 0, .. } | Fate::Isolated => {
            call.await.unwrap();
            Outcome::Ok
        }
        Fate::Fails { times: 1 | 2, .. } => {
            call.await.unwrap();
            Outcome::OkAfterRetry
        }
        Fate::Fails { .. } => {
            call.await.unwrap_err();
            Outcome::Failed
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn f259_counters_add_up_exactly_with_panics_and_cancellations(
        calls in proptest::collection::vec((0..3_usize, fate()), 0..30)
    ) {
        in_paused_time(isolated(async {
            statistics::start();
            let mut expected = [[0_u64; 6]; 3];
            for (function, fate) in &calls {
                let outcome = make(*function, *fate).await;
                let place = Outcome::ALL.iter().position(|it| *it == outcome).unwrap();
                expected[*function][place] += 1;
            }
            let snapshot = snapshot();
            for (name, expected) in ["direct", "through", "by key"].iter().zip(&expected) {
                let all: u64 = expected.iter().sum();
                let Some(function) = snapshot.function(name) else {
                    assert_eq!(all, 0);
                    continue;
                };
                let counted = Outcome::ALL.iter().map(|it| function.calls.outcome(*it));
                assert_eq!(counted.collect::<Vec<_>>(), expected);
                assert_eq!(function.calls.calls, all);
            }
            let of_upstream: u64 = expected[1..].iter().flatten().sum();
            let counted = snapshot.upstream("summed").map_or(0, |it| it.calls.calls);
            assert_eq!(counted, of_upstream);
            let of_key: u64 = expected[2].iter().sum();
            let keys = API.list_keys();
            assert_eq!(keys.iter().map(|it| it.calls.calls).sum::<u64>(), of_key);
        }));
    }
}
