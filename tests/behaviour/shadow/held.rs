//! The holdings of attempts that were sent in shadow mode come back, and nothing else does.

use super::{ONCE, Outcome, SECOND, ok};
use futures::{FutureExt as _, StreamExt as _, future::join_all, stream};
use resilient_runtime::{
    Concurrency, Hedge, Observer, Policy, Rate, Tokens, Upstream, call, observe, record_tokens,
    resilient,
};
use resilient_tests::{Counter, Failure};
use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};
use tokio::time::{sleep, timeout};

fn tokens() -> Upstream {
    Upstream::new("tokens")
        .tokens(Rate::per_hour(100))
        .shadow(true)
}

/// Uses up the limit.
async fn spend(upstream: &Upstream) {
    ok(upstream, 100).await.unwrap();
    assert_eq!(upstream.snapshot().tokens, Some(0));
}

#[resilient_runtime::test(start_paused = true)]
async fn f281_tokens_that_were_not_taken_are_not_refunded() {
    let upstream = tokens();
    spend(&upstream).await;
    // A success with fewer tokens than estimated, a failure and a dropped call.
    let cheap: Outcome = call!(upstream = &upstream, cost = 100, policy = ONCE, async {
        record_tokens(Tokens::input(1));
        sleep(Duration::from_millis(1)).await;
        Ok(())
    })
    .await;
    cheap.unwrap();
    let unread: Outcome = call!(upstream = &upstream, cost = 100, policy = ONCE, async {
        Err(Failure::of(resilient_runtime::Class::Connect))
    })
    .await;
    unread.unwrap_err();
    timeout(SECOND / 2, ok(&upstream, 100)).await.unwrap_err();
    assert_eq!(upstream.snapshot().tokens, Some(0));
    assert_eq!(upstream.snapshot().counts.not_enforced, 3);
    assert_eq!(upstream.snapshot().usage.actual, 201);
}

#[resilient_runtime::test(start_paused = true)]
async fn f281_tokens_that_a_stream_has_not_taken_are_not_refunded() {
    static API: Upstream = Upstream::new("tokens")
        .tokens(Rate::per_hour(100))
        .concurrency(Concurrency::new(1))
        .shadow(true);

    #[resilient(upstream = API, cost = 100)]
    async fn items(
        fails: bool,
    ) -> Result<impl futures::Stream<Item = Result<u32, Failure>>, Failure> {
        record_tokens(Tokens::input(1));
        let end = fails.then(|| Err(Failure::status(500)));
        Ok(stream::iter([Ok(1), Ok(2)].into_iter().chain(end)))
    }

    spend(&API).await;
    let whole: Vec<_> = items(false).await.unwrap().collect().await;
    assert_eq!(whole.len(), 2);
    let broken: Vec<_> = items(true).await.unwrap().collect().await;
    assert!(broken.last().unwrap().is_err());
    drop(items(false).await.unwrap());
    let snapshot = API.snapshot();
    assert_eq!((snapshot.tokens, snapshot.in_use), (Some(0), Some(0)));
    assert_eq!(snapshot.counts.not_enforced, 3);
}

#[resilient_runtime::test(start_paused = true)]
async fn attempts_beyond_the_limit_are_in_use_until_they_end_fail_or_are_dropped() {
    let upstream = Upstream::new("permits")
        .concurrency(Concurrency::new(1))
        .shadow(true);
    let failing = async {
        let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND).await;
            Err(Failure::status(500))
        })
        .await;
        outcome.unwrap_err();
    };
    let panicking = async {
        let panics = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND).await;
            panic!("in the body");
            #[expect(unreachable_code, reason = "the type of the result")]
            Outcome::Ok(())
        });
        AssertUnwindSafe(panics).catch_unwind().await.unwrap_err();
    };
    let dropped = async {
        let _ = timeout(SECOND / 2, ok(&upstream, 0)).await;
    };
    let fine = async { join_all((0..3).map(|_| ok(&upstream, 0))).await };
    let all = async { tokio::join!(fine, failing, panicking, dropped) };
    let mut all = pin!(all);
    assert!(futures::poll!(all.as_mut()).is_pending());
    assert_eq!(upstream.snapshot().in_use, Some(6));
    all.await;
    assert_eq!(upstream.snapshot().in_use, Some(0));
    assert_eq!(upstream.snapshot().counts.not_enforced, 5);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_nested_call_is_not_counted_for_the_permit_of_the_attempt_around_it() {
    let upstream = Upstream::new("nested")
        .concurrency(Concurrency::new(1))
        .shadow(true);
    let outer: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        ok(&upstream, 0).await
    })
    .await;
    outer.unwrap();
    assert_eq!(upstream.snapshot().counts.not_enforced, 0);
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_further_run_without_room_is_started_in_shadow() {
    static API: Upstream = Upstream::new("hedged")
        .concurrency(Concurrency::new(1))
        .policy(Policy::new().budget(resilient_runtime::Budget::percent(1)))
        .shadow(true);

    static HEDGE: Hedge = Hedge::after(SECOND, 1);
    let runs = Counter::new();
    let call = API.call("hedged").hedge(&HEDGE);
    let outcome: Outcome = call
        .run(async || {
            runs.count();
            sleep(10 * SECOND).await;
            Ok(())
        })
        .await;
    outcome.unwrap();
    let snapshot = API.snapshot();
    assert_eq!(
        (runs.get(), snapshot.counts.hedged, snapshot.in_use),
        (2, 1, Some(0))
    );
    assert!(snapshot.counts.not_enforced >= 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_observer_that_panics_at_the_event_costs_no_permit() {
    struct Panics;
    impl Observer for Panics {
        fn observe(&self, _: &resilient_runtime::Event<'_>) {
            panic!("in an observer");
        }
    }

    let upstream = Upstream::new("observed")
        .concurrency(Concurrency::new(1))
        .shadow(true);
    let _observation = observe(Panics);
    join_all((0..5).map(|_| ok(&upstream, 0))).await;
    assert_eq!(upstream.snapshot().in_use, Some(0));
}
