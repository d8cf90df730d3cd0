//! A call that waits for a rate limit or at the gate holds no permit.

use super::{ONCE, Outcome, SECOND, taking};
use futures::{future::join_all, poll};
use resilient_runtime::{
    Classification, Concurrency, Rate, ServerWait, Upstream, WaitOrigin, call,
};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// A call of this cost that takes a time.
async fn costing(upstream: &Upstream, cost: u64, time: Duration) -> Outcome {
    call!(upstream = upstream, cost = cost, policy = ONCE, async {
        sleep(time).await;
        Ok(())
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn f197_a_call_that_is_not_polled_while_it_waits_for_a_rate_holds_up_nobody() {
    let rate = Rate::per_second(1).burst(1);
    let limited = Upstream::new("requests").concurrency(Concurrency::new(1));
    let limited_by_tokens = Upstream::new("tokens").concurrency(Concurrency::new(1));
    for upstream in [limited.requests(rate), limited_by_tokens.tokens(rate)] {
        costing(&upstream, 1, Duration::ZERO).await.unwrap();
        let mut unpolled: Vec<_> = (0..3)
            .map(|_| Box::pin(costing(&upstream, 1, Duration::ZERO)))
            .collect();
        for call in &mut unpolled {
            timeout(SECOND / 10, call.as_mut()).await.unwrap_err();
        }
        assert_eq!(upstream.snapshot().in_use, Some(0));
        let others = join_all((0..5).map(|_| costing(&upstream, 1, Duration::ZERO)));
        for outcome in timeout(60 * SECOND, others).await.unwrap() {
            outcome.unwrap();
        }
        // Polled again, each takes its turn.
        for outcome in join_all(unpolled).await {
            outcome.unwrap();
        }
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

#[tokio::test(start_paused = true)]
async fn f197_a_call_that_is_not_polled_while_it_waits_at_the_gate_holds_up_nobody() {
    let upstream = Upstream::new("gate")
        .gate(true)
        .concurrency(Concurrency::new(1))
        .requests(Rate::per_second(1).burst(1));
    let pause = ServerWait::new(2 * SECOND, WaitOrigin::RetryAfter);
    let mut closes = Box::pin(async {
        let paused: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND).await;
            Err(Classification::of_status(503).wait(pause).into())
        })
        .await;
        paused.unwrap_err();
    });
    assert!(poll!(closes.as_mut()).is_pending());
    // Queued for the permit, which it gets when the gate is closed.
    let mut unpolled = Box::pin(taking(&upstream, ONCE, Duration::ZERO));
    assert!(poll!(unpolled.as_mut()).is_pending());
    closes.await;
    assert!(poll!(unpolled.as_mut()).is_pending());
    assert_eq!(upstream.snapshot().in_use, Some(0));
    let others = join_all((0..3).map(|_| taking(&upstream, ONCE, Duration::ZERO)));
    for outcome in timeout(60 * SECOND, others).await.unwrap() {
        outcome.unwrap();
    }
    unpolled.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn f198_an_adaptive_limit_does_not_grow_while_attempts_wait_for_a_rate() {
    let upstream = Upstream::new("adaptive")
        .concurrency(Concurrency::adaptive(4, 256))
        .requests(Rate::per_second(20).burst(1));
    let before = upstream.snapshot().permits;
    // Each takes 50 milliseconds, so one is in flight.
    let calls = join_all((0..600).map(|_| taking(&upstream, ONCE, SECOND / 20)));
    assert!(calls.await.iter().all(Result::is_ok));
    assert_eq!(upstream.snapshot().permits, before);
}

/// Both limits are short. A large call needs all the tokens there can be.
#[tokio::test(start_paused = true)]
async fn a_large_call_gets_its_turn_among_small_ones_that_never_end() {
    let upstream = Upstream::new("large")
        .concurrency(Concurrency::new(2))
        .tokens(Rate::per_second(100).burst(100));
    let small = join_all((0..30).map(|_| async {
        loop {
            costing(&upstream, 10, SECOND / 5).await.unwrap();
        }
    }));
    let large = async {
        sleep(5 * SECOND).await;
        let start = Instant::now();
        for _ in 0..5 {
            costing(&upstream, 100, SECOND / 5).await.unwrap();
        }
        start.elapsed()
    };
    let took = tokio::select! {
        took = large => took,
        _ = small => unreachable!("they never end"),
    };
    // Each waits for the thirty before it, and for its tokens.
    assert!(took < 5 * 6 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn f197_a_call_that_has_its_turn_for_a_rate_is_not_refused_by_a_full_queue() {
    let upstream = Upstream::new("queue")
        .concurrency(Concurrency::new(1).queue(0))
        .requests(Rate::per_second(10).burst(1));
    // The permit is always free when one comes, and in use when its turn comes.
    let calls = (0..5).map(async |number: u32| {
        sleep(SECOND / 1_000 * number).await;
        taking(
            &upstream,
            ONCE,
            if number == 0 { Duration::ZERO } else { SECOND },
        )
        .await
    });
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
}
