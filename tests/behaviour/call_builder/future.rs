//! The future of a built call: dropped, spawned, and its size.

use super::{ONCE, SECOND, limited};
use resilient_runtime::{
    __private::{CallSite, FailuresOnly, Plan, UpstreamHandle, injected},
    Concurrency, Hedge, Policy, Upstream,
};
use resilient_tests::Failure;
use std::{ops::ControlFlow, sync::Arc};
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn a_dropped_call_returns_its_permits() {
    let upstream = Upstream::new("dropped").concurrency(Concurrency::new(2));
    let hedge = Hedge::after(SECOND, 1);
    let plain = upstream
        .call("plain")
        .run(async || -> Result<(), Failure> { std::future::pending().await });
    tokio::time::timeout(SECOND, plain).await.unwrap_err();
    let hedged = upstream
        .call("hedged")
        .hedge(&hedge)
        .run(async || -> Result<(), Failure> { std::future::pending().await });
    let mut hedged = Box::pin(tokio::time::timeout(3 * SECOND, hedged));
    tokio::select! {
        _ = &mut hedged => unreachable!(),
        () = sleep(2 * SECOND) => {}
    }
    assert_eq!(upstream.snapshot().in_use, Some(2));
    drop(hedged);
    assert_eq!(upstream.snapshot().in_use, Some(0));
    // Never polled: nothing was sent.
    let sent = upstream.snapshot().usage;
    drop(
        upstream
            .call("unpolled")
            .run(async || -> Result<(), Failure> { Ok(()) }),
    );
    assert_eq!(upstream.snapshot().usage, sent);
}

#[tokio::test(start_paused = true)]
async fn the_future_is_send_if_its_closure_captures_by_value() {
    let upstream = Arc::new(limited("spawned"));
    let task = tokio::spawn(async move {
        let call = upstream.call("spawned").key("a").cost(1);
        let answer: Result<u32, Failure> = call
            .run(async || {
                sleep(SECOND).await;
                Ok(7)
            })
            .await;
        answer
    });
    assert_eq!(task.await.unwrap().unwrap(), 7);
}

/// The loop that the attribute writes, around a closure.
async fn by_hand(
    policy: &Policy,
    name: &'static str,
    mut body: impl AsyncFnMut() -> Result<u64, Failure>,
) -> Result<u64, Failure> {
    static SITE: CallSite = CallSite::new("by hand");
    let _ = name;
    let mut call = Plan::new().start(&SITE, policy);
    loop {
        let attempt = async {
            injected!(SITE, FailuresOnly::because("by hand"));
            body().await
        };
        if let ControlFlow::Break(result) = call.attempt(attempt).await {
            return result;
        }
    }
}

/// The same through an upstream.
async fn by_hand_through(
    upstream: &Upstream,
    name: &'static str,
    mut body: impl AsyncFnMut() -> Result<u64, Failure>,
) -> Result<u64, Failure> {
    static SITE: CallSite = CallSite::new("by hand through");
    let _ = name;
    let plan = Plan::new().upstream(UpstreamHandle::of(upstream));
    let mut call = plan.start(&SITE, &upstream.config().policy);
    loop {
        let attempt = async {
            injected!(SITE, FailuresOnly::because("by hand"));
            body().await
        };
        if let ControlFlow::Break(result) = call.attempt(attempt).await {
            return result;
        }
    }
}

#[test]
fn the_future_is_no_larger_than_that_of_a_function_with_the_loop() {
    let upstream = Upstream::new("size");
    let number = 7_u64;
    let (empty, capturing) = (async || Ok(7_u64), async || Ok(number));
    let sizes = [
        (
            size_of_val(&ONCE.call("size").run(empty)),
            size_of_val(&by_hand(&ONCE, "size", empty)),
        ),
        (
            size_of_val(&ONCE.call("size").run(capturing)),
            size_of_val(&by_hand(&ONCE, "size", capturing)),
        ),
        (
            size_of_val(&upstream.call("size").run(empty)),
            size_of_val(&by_hand_through(&upstream, "size", empty)),
        ),
        (
            size_of_val(&upstream.call("size").run(capturing)),
            size_of_val(&by_hand_through(&upstream, "size", capturing)),
        ),
    ];
    assert!(
        sizes.iter().all(|(built, by_hand)| built <= by_hand),
        "{sizes:?}"
    );
}
