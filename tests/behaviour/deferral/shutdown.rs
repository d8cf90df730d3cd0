//! A shutdown ends the wait for the retry budget.

use super::{SECOND, fails, spend, steady};
use resilient_runtime::{
    GiveUp, Upstream, shutdown,
    testing::{Step, record},
};
use resilient_tests::Counter;
use tokio::time::{Instant, sleep};

#[resilient_runtime::test(start_paused = true)]
async fn a_shutdown_ends_the_wait_for_the_budget() {
    let upstream = Upstream::new("deferred until the end");
    spend(&upstream).await;
    let (start, counter) = (Instant::now(), Counter::new());
    let mut stopped = None;
    let calls = async {
        let policy = steady(SECOND).attempts(20);
        tokio::join!(
            record(fails(&upstream, policy, &counter)),
            fails(&upstream, policy, &counter)
        )
    };
    let ends = async {
        while upstream.snapshot().waiting_retries < 2 {
            sleep(SECOND / 10).await;
        }
        shutdown();
        stopped = Some((start.elapsed(), counter.get()));
    };
    let (((error, trace), other), ()) = tokio::join!(calls, ends);
    assert_eq!(stopped, Some((start.elapsed(), counter.get())));
    assert!(trace.steps().any(|it| *it == Step::Deferred), "{trace}");
    let ended = Step::GaveUp(GiveUp::ShutDown);
    assert!(trace.steps().any(|it| *it == ended), "{trace}");
    for error in [error, other] {
        assert_eq!(error.history().gave_up, Some(GiveUp::ShutDown));
        assert!(!error.history().attempts.is_empty());
    }
    assert_eq!(upstream.snapshot().waiting_retries, 0);
}
