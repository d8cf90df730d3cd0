//! A call that waits holds no unit of a rate limit: the limit refills meanwhile, and units that
//! were taken over a long time would be sent together.

use super::{ONCE, Outcome, SECOND};
use futures::{future::join_all, join};
use resilient_runtime::{
    Classification, Rate, ServerWait, Tokens, Upstream, WaitOrigin, call, record_tokens,
};
use std::sync::Mutex;
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn f143_calls_that_waited_for_tokens_do_not_exceed_the_limit_of_requests() {
    let upstream = Upstream::new("both")
        .requests(Rate::per_second(10).burst(10))
        .tokens(Rate::per_second(1).burst(100));
    let (start, sent) = (Instant::now(), Mutex::new(Vec::new()));
    let call = async |cost: u64| -> Outcome {
        call!(upstream = &upstream, cost = cost, policy = ONCE, async {
            sent.lock().unwrap().push(start.elapsed());
            Ok(())
        })
        .await
    };
    // Its estimate comes back, and with it the tokens for all that wait.
    let first = async {
        let result: Outcome = call!(upstream = &upstream, cost = 100, policy = ONCE, async {
            sleep(5 * SECOND).await;
            record_tokens(Tokens::input(0));
            Ok(())
        })
        .await;
        result.unwrap();
        join_all((0..10).map(|_| call(0))).await
    };
    let waiting = async {
        sleep(SECOND / 10).await;
        join_all((0..10).map(|_| call(10))).await
    };
    let (others, waited) = join!(first, waiting);
    assert!(others.into_iter().chain(waited).all(|sent| sent.is_ok()));
    let sent = sent.into_inner().unwrap();
    assert_eq!(sent.len(), 20);
    let at_once = sent.iter().filter(|at| **at <= 5 * SECOND).count();
    assert_eq!(at_once, 10, "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn f143_calls_that_waited_at_the_gate_do_not_exceed_the_limit_of_requests() {
    let upstream = Upstream::new("gate")
        .gate(true)
        .requests(Rate::per_second(1).burst(1));
    let wait = ServerWait::new(60 * SECOND, WaitOrigin::RetryAfter);
    let busy = Classification::of_status(503).wait(wait);
    let (start, sent) = (Instant::now(), Mutex::new(Vec::new()));
    let closes = async {
        let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND / 2).await;
            Err(busy.clone().into())
        })
        .await;
        result.unwrap_err();
        // By now all the others have had their turn in the queue of the limit.
        sleep(20 * SECOND).await;
        upstream.release();
    };
    let waiting = (0..10).map(async |_| {
        let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            sent.lock().unwrap().push(start.elapsed());
            Ok(())
        })
        .await;
        result.unwrap();
    });
    join!(closes, join_all(waiting));
    let sent = sent.into_inner().unwrap();
    assert_eq!(sent.len(), 10);
    let is_paced = |pair: &[_]| matches!(pair, [one, next] if *next >= *one + SECOND);
    assert!(sent.windows(2).all(is_paced), "{sent:?}");
}
