//! Resilient calls inside resilient calls.

use futures::FutureExt as _;
use resilient_runtime::{
    CallError, Class, GiveUp, Policy, Rate, Tokens, Upstream, call, record_tokens,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, io, panic::AssertUnwindSafe, time::Duration};
use tokio::time::{Instant, sleep};

/// As failures of real servers. Without any detail a failure could not be told from another one of
/// the body once its history is lost.
fn with_request_id(mut failure: Failure) -> Failure {
    failure.classification.request_id = Some("req-1".into());
    failure
}

async fn inner(policy: Policy, counter: &Counter, failure: Failure) -> Result<(), Failure> {
    let failure = with_request_id(failure);
    let mut error = call!(policy, async {
        counter.count();
        Err::<(), Failure>(failure.clone())
    })
    .await
    .unwrap_err();
    // Loses the history, as a conversion between error types would.
    error.history = None;
    Err(error)
}

#[resilient_runtime::test(start_paused = true)]
async fn f20_retries_do_not_multiply_over_layers() {
    let counter = Counter::new();
    let policy = Policy::new().attempts(5);
    let result: Result<(), Failure> = call!(policy, async {
        inner(policy, &counter, Failure::status(503)).await
    })
    .await;
    assert_eq!(counter.get(), 5);
    assert_eq!(
        result.unwrap_err().history().gave_up,
        Some(GiveUp::RetriedInside)
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn f20_repeat_nested_multiplies_retries_over_two_layers_and_no_more() {
    let counter = Counter::new();
    let policy = Policy::new().attempts(3);
    let result: Result<(), Failure> = call!(policy.repeat_nested(true), async {
        inner(policy, &counter, Failure::status(503)).await
    })
    .await;
    assert_eq!(counter.get(), 9);
    assert_eq!(
        result.unwrap_err().history().gave_up,
        Some(GiveUp::AttemptsUsedUp)
    );
}

/// The note that retries are used up passes through a layer that does not retry.
#[resilient_runtime::test(start_paused = true)]
async fn three_layers_make_as_many_attempts_as_one() {
    let counter = Counter::new();
    let policy = Policy::new().attempts(4);
    let result: Result<(), Failure> = call!(policy, async {
        call!(policy, async {
            let mut result = inner(policy, &counter, Failure::status(500)).await;
            result.as_mut().unwrap_err().history = None;
            result
        })
        .await
        .map_err(|error| Failure {
            history: None,
            ..error
        })
    })
    .await;
    result.unwrap_err();
    assert_eq!(counter.get(), 4);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_inner_call_without_retries_leaves_them_to_the_outer_one() {
    let counter = Counter::new();
    let once = Policy::new().attempts(1);
    let result: Result<(), Failure> = call!(Policy::new().attempts(5), async {
        inner(once, &counter, Failure::status(503)).await
    })
    .await;
    result.unwrap_err();
    assert_eq!(counter.get(), 5);
}

/// A body may handle the failure of an inner call; its own failure is then a different one.
#[resilient_runtime::test(start_paused = true)]
async fn a_later_failure_of_the_body_is_retried_after_an_inner_give_up() {
    let (inside, outside) = (Counter::new(), Counter::new());
    let policy = Policy::new().attempts(2);
    let result: Result<(), Failure> = call!(policy, async {
        let _ = inner(policy, &inside, Failure::status(503)).await;
        outside.count();
        Err(Failure::status(500))
    })
    .await;
    result.unwrap_err();
    assert_eq!((inside.get(), outside.get()), (4, 2));
}

#[resilient_runtime::test(start_paused = true)]
async fn an_inner_success_clears_an_earlier_inner_give_up() {
    let counter = Counter::new();
    let policy = Policy::new().attempts(2);
    let result: Result<(), Failure> = call!(policy, async {
        let _ = inner(policy, &Counter::new(), Failure::status(503)).await;
        counter.count();
        call!(policy, async { Ok::<(), Failure>(()) }).await?;
        Err(Failure::status(503))
    })
    .await;
    result.unwrap_err();
    assert_eq!(counter.get(), 2);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_inner_call_is_bounded_by_the_outer_deadline() {
    let start = Instant::now();
    let outer = Policy::new()
        .attempts(1)
        .no_timeout()
        .deadline(Duration::from_secs(3));
    let result: Result<(), Failure> = call!(outer, async {
        // Its own deadline would be later, and its waits would extend beyond the outer one.
        let inner = Policy::new()
            .attempts(100)
            .deadline(Duration::from_secs(60))
            .seed(1);
        let result: Result<(), Failure> = call!(inner, async { Err(Failure::status(500)) }).await;
        let error = result.unwrap_err();
        assert!(matches!(
            error.history().gave_up,
            Some(GiveUp::NoTimeLeft { .. })
        ));
        Err(Failure {
            history: None,
            ..error
        })
    })
    .await;
    result.unwrap_err();
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn an_attempt_of_an_inner_call_is_cut_by_the_outer_deadline() {
    let start = Instant::now();
    let outer = Policy::new().deadline(Duration::from_secs(2));
    let result: Result<(), CallError<io::Error>> = call!(outer, async {
        sleep(Duration::from_secs(1)).await;
        let inner: Result<(), CallError<io::Error>> =
            call!(Policy::DEFAULT, async { pending().await }).await;
        inner
    })
    .await;
    assert_eq!(
        result.unwrap_err().rejection().unwrap().class(),
        Class::Deadline
    );
    assert!(
        start.elapsed() < Duration::from_millis(2_010),
        "{:?}",
        start.elapsed()
    );
}

/// A spawned task is not part of the call, so no outer limit applies to it.
#[resilient_runtime::test(start_paused = true)]
async fn a_task_spawned_inside_has_its_own_time() {
    let outer = Policy::new().deadline(Duration::from_secs(1));
    let task = call!(outer, async {
        Ok::<_, Failure>(tokio::spawn(async {
            call!(Policy::new(), async {
                sleep(Duration::from_secs(30)).await;
                Ok::<u32, Failure>(1)
            })
            .await
        }))
    })
    .await
    .unwrap();
    assert_eq!(task.await.unwrap().unwrap(), 1);
}

/// The inner calls report to their own upstream, whether they end or panic.
#[resilient_runtime::test(start_paused = true)]
async fn tokens_recorded_by_a_body_are_kept_over_nested_calls() {
    let [outer, inner] =
        ["outer", "inner"].map(|name| Upstream::new(name).tokens_per_minute(1_000));
    for panics in [false, true] {
        let before = outer.snapshot().usage.actual;
        let result: Result<(), Failure> = call!(upstream = &outer, cost = 100, async {
            record_tokens(Tokens::input(30));
            let call = call!(upstream = &inner, cost = 10, async {
                record_tokens(Tokens::input(5));
                assert!(!panics, "from the body");
                Ok::<(), Failure>(())
            });
            let ended = AssertUnwindSafe(call).catch_unwind().await;
            assert_eq!(ended.is_err(), panics);
            Ok(())
        })
        .await;
        result.unwrap();
        assert_eq!(
            outer.snapshot().usage.actual - before,
            30,
            "panics: {panics}"
        );
    }
    let result: Result<(), Failure> = call!(upstream = &outer, cost = 100, async {
        let call = call!(upstream = &inner, cost = 10, async {
            record_tokens(Tokens::input(5));
            panic!("from the body");
            #[expect(unreachable_code, reason = "the type")]
            Ok::<(), Failure>(())
        });
        AssertUnwindSafe(call).catch_unwind().await.unwrap_err();
        Ok(())
    })
    .await;
    result.unwrap();
    assert_eq!(outer.snapshot().usage.actual, 160);
}

/// The retries were made, and failed.
#[resilient_runtime::test(start_paused = true)]
async fn retries_inside_that_end_in_a_refusal_are_not_made_again_outside() {
    let upstream = Upstream::new("refused")
        .requests(Rate::per_day(2).burst(2))
        .max_wait(Duration::from_secs(1));
    let (outer, counter) = (Counter::new(), Counter::new());
    let result: Result<(), Failure> = call!(Policy::new(), async {
        outer.count();
        let result: Result<(), Failure> = call!(upstream = &upstream, async {
            counter.count();
            Err(with_request_id(Failure::status(500)))
        })
        .await;
        result.map_err(|error| Failure {
            history: None,
            ..error
        })
    })
    .await;
    assert_eq!(
        result.unwrap_err().history().gave_up,
        Some(GiveUp::RetriedInside)
    );
    assert_eq!((outer.get(), counter.get()), (1, 2));
}
