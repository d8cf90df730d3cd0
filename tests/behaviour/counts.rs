//! The counters of an upstream are consistent after random calls.

use futures::{FutureExt as _, future::join_all};
use resilient_runtime::{
    Breaker, Class, Concurrency, Policy, Tokens, Upstream, call, record_tokens,
};
use resilient_tests::{Counter, Failure};
use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

/// A call that ends in one of six ways and is polled at most this often.
async fn random_call(
    upstream: &Upstream,
    sent: &Counter,
    good: &Counter,
    [end, ms, polls]: [u64; 3],
) {
    let call = call!(upstream = upstream, cost = 7, async {
        sent.count();
        sleep(Duration::from_millis(ms)).await;
        match end {
            0 => panic!("from the body"),
            1 => Err(Failure::status(500)),
            2 => Err(Failure::status(429)),
            3 => Err(Failure::of(Class::InvalidRequest)),
            _ => {
                good.count();
                Ok(())
            }
        }
    });
    let mut call = pin!(AssertUnwindSafe(call).catch_unwind());
    for _ in 0..polls {
        if call.as_mut().now_or_never().is_some() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Random calls, many of which are dropped or panic: their usage adds up, and none is in flight at
/// the end.
#[tokio::test(start_paused = true)]
async fn f97_usage_counts_add_up_over_random_calls() {
    let upstream = Upstream::new("f97")
        .breaker(Breaker::new())
        .concurrency(Concurrency::new(3))
        .policy(Policy::new().attempts(3).timeout(SECOND))
        .tokens_per_minute(1_000_000);
    let (sent, good) = (Counter::new(), Counter::new());
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut pick = |most: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % most
    };
    for _ in 0..3_000 {
        let calls = [(); 4].map(|()| {
            let choice = [pick(6), pick(1_500), pick(40)];
            random_call(&upstream, &sent, &good, choice)
        });
        join_all(calls).await;
        // Otherwise an open circuit would refuse all the rest.
        sleep(SECOND).await;
    }
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
    let (sent, good) = (u64::from(sent.get()), u64::from(good.get()));
    assert!(sent > 3_000 && good > 1_000, "{sent} {good}");
    let usage = snapshot.usage;
    assert_eq!(usage.estimated, 7 * sent);
    // An unread refusal has used nothing.
    assert!(usage.actual < usage.estimated);
    assert_eq!(usage.actual - usage.wasted, 7 * good);
}

#[tokio::test(start_paused = true)]
async fn f155_absurd_numbers_of_tokens_do_not_wrap_the_usage() {
    let upstream = Upstream::new("usage");
    let mut before = 0;
    for _ in 0..3 {
        let result: Result<(), Failure> = call!(upstream = &upstream, cost = 1, async {
            record_tokens(Tokens::input(u64::MAX / 2 + 10));
            Ok(())
        })
        .await;
        result.unwrap();
        let usage = upstream.snapshot().usage.actual;
        assert!(usage > before, "{usage} after {before}");
        before = usage;
    }
}
