//! Limits hold, and let calls through, whatever a server says and however calls fail.

use super::{ONCE, SECOND};
use futures::future::join_all;
use resilient_runtime::{
    Class, Classification, Processed, Rate, Resource, ServerLimits, Tokens, Upstream, call,
    record_server_limits, record_tokens,
};
use resilient_tests::{Counter, Failure};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

const HOUR: Duration = Duration::from_secs(3_600);

type Outcome = Result<(), Failure>;

fn requests(limit: u64, remaining: u64, reset: Duration, resource: Option<&str>) -> ServerLimits {
    let mut limits = ServerLimits::default();
    limits.requests.limit = Some(limit);
    limits.requests.remaining = Some(remaining);
    limits.requests.reset = Some(reset);
    limits.requests.resource = resource.map(Resource::named);
    limits
}

#[tokio::test(start_paused = true)]
async fn f110_a_low_reading_refuses_no_call_for_longer_than_a_reset() {
    let upstream = Upstream::openai();
    let small: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        let mut limits = ServerLimits::default();
        limits.tokens.limit = Some(10_000);
        limits.tokens.remaining = Some(9_990);
        limits.tokens.reset = Some(SECOND / 10);
        record_server_limits(&limits);
        Ok(())
    })
    .await;
    small.unwrap();
    assert_eq!(upstream.snapshot().token_capacity, Some(10_000));
    // Answers of the large model say nothing about limits.
    let large = async || -> Outcome {
        call!(upstream = &upstream, cost = 20_000, policy = ONCE, async {
            Ok(())
        })
        .await
    };
    // Each reads the limit again, one after the other.
    for outcome in join_all((0..20).map(|_| large())).await {
        outcome.unwrap();
    }
}

/// The searches beside the core calls.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Searches {
    None,
    Unnamed,
    Named,
}

/// The core calls of an hour, by one worker, beside a search every six seconds if the server
/// reports the limit of searches as one of this resource.
async fn core_calls(searches: Searches) -> u32 {
    let upstream = Upstream::github();
    let start = Instant::now();
    let is_over = || start.elapsed() >= HOUR;
    let until = |period: Duration| {
        let passed = u32::try_from(start.elapsed().as_secs() / period.as_secs()).unwrap();
        (period * (passed + 1)).saturating_sub(start.elapsed())
    };
    let core = Counter::new();
    let named = |name| Some(name).filter(|_| searches == Searches::Named);
    let work = async {
        while !is_over() {
            let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
                sleep(SECOND * 102 / 100).await;
                core.count();
                let left = 5_000 - u64::from(core.get());
                record_server_limits(&requests(5_000, left, until(HOUR), named("core")));
                Ok(())
            })
            .await;
            outcome.unwrap();
        }
    };
    let search = async {
        if searches == Searches::None {
            return;
        }
        let mut count = 0;
        while !is_over() {
            let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
                count = (count + 1) % 10;
                record_server_limits(&requests(
                    30,
                    30 - count,
                    until(60 * SECOND),
                    named("search"),
                ));
                Ok(())
            })
            .await;
            outcome.unwrap();
            sleep(6 * SECOND).await;
        }
    };
    tokio::join!(search, work);
    core.get()
}

#[tokio::test(start_paused = true)]
async fn f111_searches_do_not_slow_down_the_core_calls_beside_them() {
    let alone = core_calls(Searches::None).await;
    assert!((3_520..3_540).contains(&alone), "{alone}");
    for searches in [Searches::Named, Searches::Unnamed] {
        let beside = core_calls(searches).await;
        assert!(
            beside * 100 >= alone * 95,
            "{beside} of {alone}, {searches:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn f113_refused_connections_are_paced_like_requests() {
    let upstream = Upstream::new("f113").requests(Rate::per_second(10).burst(10));
    let attempts = Counter::new();
    let refused = Classification::new(Class::Connect).processed(Processed::No);
    let workers = join_all((0..20).map(|_| async {
        loop {
            let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
                attempts.count();
                sleep(Duration::from_millis(1)).await;
                Err(refused.clone().into())
            })
            .await;
            outcome.unwrap_err();
        }
    }));
    timeout(10 * SECOND, workers).await.unwrap_err();
    let bound = 10 + 10 * 10;
    assert!(
        (bound - 2..=bound).contains(&attempts.get()),
        "{}",
        attempts.get()
    );
}

#[tokio::test(start_paused = true)]
async fn f115_a_worker_that_spends_a_hundred_times_its_estimate_stays_within_the_limit() {
    let upstream = Upstream::new("f115").tokens_per_minute(10);
    let spent = Counter::new();
    let worker = async {
        loop {
            let outcome: Outcome = call!(upstream = &upstream, cost = 1, policy = ONCE, async {
                record_tokens(Tokens::input(100));
                spent.count();
                Ok(())
            })
            .await;
            outcome.unwrap();
        }
    };
    timeout(600 * SECOND, worker).await.unwrap_err();
    let (burst, earned, one_call) = (10, 10 * 10, 100);
    assert!(
        spent.get() * 100 <= burst + earned + one_call,
        "{}",
        spent.get()
    );
    // The debt is paid, and the limit is not given up.
    assert!(spent.get() >= 1, "{}", spent.get());
}
