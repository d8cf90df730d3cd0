//! Limits learned from headers that are below the cost of a call.

use super::{ONCE, Outcome, SECOND, said, taking_tokens};
use futures::future::join_all;
use resilient_runtime::{Class, Classification, Upstream, call, record_server_limits};
use resilient_tests::Counter;
use tokio::time::{Instant, sleep, timeout};

/// A single wrong header of a server must not refuse larger calls for good.
#[tokio::test(start_paused = true)]
async fn f27_a_learned_limit_below_a_calls_cost_is_read_again_by_one_and_the_others_wait_for_it() {
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    let cheap: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        record_server_limits(&said(10));
        Ok(())
    })
    .await;
    cheap.unwrap();
    assert_eq!(upstream.snapshot().token_capacity, Some(10));
    let reading = Counter::new();
    let calls = (0..5).map(|_| async {
        let outcome: Outcome = call!(upstream = &upstream, cost = 8_000, policy = ONCE, async {
            reading.count();
            sleep(SECOND).await;
            record_server_limits(&said(60_000));
            Ok(())
        })
        .await;
        outcome
    });
    let one_at_first = async {
        sleep(SECOND / 2).await;
        assert_eq!(reading.get(), 1);
    };
    let (outcomes, ()) = tokio::join!(join_all(calls), one_at_first);
    for outcome in outcomes {
        outcome.unwrap();
    }
    assert_eq!(upstream.snapshot().token_capacity, Some(60_000));
}

#[tokio::test(start_paused = true)]
async fn f27_a_limit_that_is_confirmed_is_read_again_a_minute_later_by_those_who_can_wait() {
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    let sent = Counter::new();
    let costly = async |deadline| -> Outcome {
        let policy = ONCE.deadline(deadline);
        call!(upstream = &upstream, cost = 8_000, policy = policy, async {
            sent.count();
            sleep(SECOND).await;
            Err(Classification::of_status(429).limits(said(10)).into())
        })
        .await
    };
    // A call as large as the others has read it.
    costly(90 * SECOND).await.unwrap_err();
    let start = Instant::now();
    let hasty = join_all((0..5).map(|_| costly(30 * SECOND)));
    let (outcomes, patient) = tokio::join!(hasty, costly(90 * SECOND));
    let limited = outcomes
        .iter()
        .filter(|outcome| outcome.as_ref().unwrap_err().class() == Class::Throttled)
        .count();
    // They know that their time is too short.
    assert_eq!(limited, 5);
    assert_eq!(patient.unwrap_err().class(), Class::RateLimited);
    assert_eq!((start.elapsed(), sent.get()), (61 * SECOND, 2));
}

#[tokio::test(start_paused = true)]
async fn f196_a_reading_that_is_cancelled_or_fails_delays_nobody() {
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    taking_tokens(&upstream, ONCE, 5, async {
        record_server_limits(&said(10));
    })
    .await
    .unwrap();
    let start = Instant::now();
    let hangs = taking_tokens(&upstream, ONCE, 8_000, sleep(3_600 * SECOND));
    timeout(SECOND, hangs).await.unwrap_err();
    let fails: Outcome = call!(upstream = &upstream, cost = 8_000, policy = ONCE, async {
        Err(Classification::new(Class::ServerError).into())
    })
    .await;
    assert_eq!(fails.unwrap_err().class(), Class::ServerError);
    taking_tokens(&upstream, ONCE, 8_000, async {})
        .await
        .unwrap();
    assert_eq!(start.elapsed(), SECOND);
}

/// As the calls above, but the others are queued already when the limit is lowered.
#[tokio::test(start_paused = true)]
async fn f140_a_queued_call_waits_while_another_reads_the_limit_again() {
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    let lowers = taking_tokens(&upstream, ONCE, 50_000, async {
        sleep(5 * SECOND).await;
        let mut limits = said(10_000);
        limits.tokens.remaining = None;
        record_server_limits(&limits);
    });
    let queued = (0..3).map(|_| async {
        sleep(SECOND).await;
        taking_tokens(&upstream, ONCE, 20_000, async {
            sleep(SECOND).await;
            record_server_limits(&said(60_000));
        })
        .await
    });
    let (lowered, outcomes) = tokio::join!(lowers, join_all(queued));
    lowered.unwrap();
    for outcome in outcomes {
        outcome.unwrap();
    }
}

/// In paused time, a loop that never sleeps never ends.
#[tokio::test(start_paused = true)]
async fn f141_a_wait_for_a_limit_that_is_read_again_ends_with_the_deadline() {
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    let lowers = taking_tokens(&upstream, ONCE, 0, async {
        record_server_limits(&said(10));
    });
    lowers.await.unwrap();
    let reads = taking_tokens(&upstream, ONCE, 8_000, sleep(20 * SECOND));
    let waits = async {
        let start = Instant::now();
        let policy = ONCE.deadline(5 * SECOND);
        let outcome = taking_tokens(&upstream, policy, 8_000, async {}).await;
        assert_eq!(start.elapsed(), 5 * SECOND);
        outcome
    };
    let (read, waited) = tokio::join!(reads, waits);
    read.unwrap();
    assert_eq!(waited.unwrap_err().class(), Class::Throttled);
}
