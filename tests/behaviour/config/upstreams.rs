//! Limits of upstreams and of their keys, changed while they are in use.

use super::apply;
use resilient_runtime::{
    BreakerState, Class, Concurrency, Policy, Rate, Upstream, inspect::Source, resilient,
    upstream_of,
};
use resilient_tests::Failure;
use std::time::Duration;

async fn ask(upstream: &Upstream, class: Option<Class>) {
    let _ = upstream
        .call("ask")
        .run(async || class.map_or(Ok(()), |class| Err(Failure::of(class))))
        .await;
}

#[resilient_runtime::test]
async fn limits_follow_a_configuration_and_return_with_it() {
    static API: Upstream = Upstream::new("api")
        .requests_per_minute(600)
        .concurrency(Concurrency::new(8));
    ask(&API, None).await;
    apply("[upstream.api]\nrequests = \"60/min\"\nconcurrency = 3\nmax_wait = \"5s\"");
    let snapshot = API.snapshot();
    assert_eq!(snapshot.request_rate, Some(Rate::per_minute(60)));
    assert_eq!(snapshot.permits, Some(3));
    let upstream = upstream_of("ask").unwrap();
    assert_eq!(upstream.source("requests"), Some(Source::Config));
    assert_eq!(upstream.config().max_wait, Duration::from_secs(5));
    apply("");
    let snapshot = API.snapshot();
    assert_eq!(snapshot.request_rate, Some(Rate::per_minute(600)));
    assert_eq!(snapshot.permits, Some(8));
}

#[resilient_runtime::test(start_paused = true)]
async fn the_bound_of_a_queue_follows_a_configuration() {
    static API: Upstream = Upstream::new("api").concurrency(Concurrency::new(1));
    let three = async || {
        let call = || async {
            let call = API.call("ask");
            call.run(async || {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok::<(), Failure>(())
            })
            .await
        };
        let (one, two, three) = tokio::join!(call(), call(), call());
        [one, two, three].iter().filter(|it| it.is_ok()).count()
    };
    assert_eq!(three().await, 3);
    apply("[upstream.api]\nconcurrency = { limit = 1, queue = 1 }");
    assert_eq!(three().await, 2);
    apply("[upstream.api]\n\"concurrency.queue\" = \"none\"");
    assert_eq!(three().await, 3);
    apply("[upstream.api]\n\"concurrency.queue\" = 0");
    assert_eq!(three().await, 1);
    apply("");
    assert_eq!(three().await, 3);
}

#[resilient_runtime::test]
async fn a_limit_of_the_code_does_not_replace_one_of_the_configuration() {
    static API: Upstream = Upstream::new("api").requests_per_minute(600);
    apply("[upstream.api]\nrequests = \"60/min\"");
    ask(&API, None).await;
    API.set_requests(Some(Rate::per_minute(300))).unwrap();
    assert_eq!(API.snapshot().request_rate, Some(Rate::per_minute(60)));
    apply("");
    assert_eq!(API.snapshot().request_rate, Some(Rate::per_minute(300)));
}

#[resilient_runtime::test]
async fn keys_have_the_limits_of_their_pattern_also_new_ones() {
    static API: Upstream = Upstream::new("api").requests_per_minute(600);
    let ask = async |key: &str| {
        let _ = API
            .call("by key")
            .key(key)
            .run(async || Ok::<(), Failure>(()))
            .await;
    };
    ask("trial-1").await;
    apply(
        "[upstream.api.key.\"trial-*\"]\nrequests = \"6/min\"\n[upstream.api.key.\"trial-vip\"]\nrequests = \"60/min\"",
    );
    ask("trial-2").await;
    ask("trial-vip").await;
    ask("other").await;
    let rate = |key: &str| API.snapshot_by(key).unwrap().request_rate.unwrap();
    assert_eq!(rate("trial-1"), Rate::per_minute(6));
    assert_eq!(rate("trial-2"), Rate::per_minute(6));
    assert_eq!(rate("trial-vip"), Rate::per_minute(60));
    assert_eq!(rate("other"), Rate::per_minute(600));
}

#[resilient_runtime::test(no_waits)]
async fn a_reload_keeps_the_state_of_a_breaker_and_of_a_limit() {
    use resilient_runtime::Breaker;
    static API: Upstream = Upstream::new("api")
        .breaker(Breaker::new().consecutive(3))
        .requests(Rate::per_minute(60).burst(10))
        .policy(Policy::new().attempts(1));
    for _ in 0..3 {
        ask(&API, Some(Class::ServerError)).await;
    }
    let before = API.snapshot();
    assert_eq!(before.breaker, Some(BreakerState::Open));
    apply("[upstream.api]\nbreaker.consecutive = 9\nmax_wait = \"3s\"\nattempts = 2");
    let after = API.snapshot();
    assert_eq!(after.breaker, Some(BreakerState::Open));
    assert_eq!(after.budget.to_bits(), before.budget.to_bits());
    assert!(after.requests.unwrap() <= before.requests.unwrap() + 1);
}

#[resilient_runtime::test(no_waits)]
async fn a_breaker_is_added_and_removed_while_the_upstream_is_in_use() {
    static API: Upstream = Upstream::new("api").policy(Policy::new().attempts(1));
    ask(&API, None).await;
    assert_eq!(API.snapshot().breaker, None);
    apply("[upstream.api]\nbreaker.consecutive = 2");
    for _ in 0..2 {
        ask(&API, Some(Class::ServerError)).await;
    }
    assert_eq!(API.snapshot().breaker, Some(BreakerState::Open));
    apply("");
    let called = std::cell::Cell::new(false);
    let result = API.call("ask").run(async || {
        called.set(true);
        Ok::<(), Failure>(())
    });
    result.await.unwrap();
    assert!(called.get());
}

#[resilient_runtime::test]
async fn a_concurrency_limit_is_added_before_the_first_call_and_refused_after_it() {
    static EARLY: Upstream = Upstream::new("early");
    static LATE: Upstream = Upstream::new("late");
    ask(&LATE, None).await;
    let (recorder, recording) = resilient_tests::Recorder::start();
    apply("[upstream.early]\nconcurrency = 3\n[upstream.late]\nconcurrency = 3");
    ask(&EARLY, None).await;
    drop(recording);
    assert_eq!(EARLY.snapshot().permits, Some(3));
    assert_eq!(LATE.snapshot().permits, None);
    let events = recorder.events();
    let rejected = events
        .iter()
        .find(|it| it.message == "configuration rejected");
    assert!(rejected.unwrap().field("error.message").contains("`late`"));
}

#[resilient_runtime::test]
async fn f238_hundreds_of_reloads_while_calls_run_lose_no_permit_and_no_call() {
    static API: Upstream = Upstream::new("api").concurrency(Concurrency::new(4));
    #[resilient(upstream = API)]
    async fn quick() -> Result<(), Failure> {
        tokio::task::yield_now().await;
        Ok(())
    }
    let calls: Vec<_> = (0..200)
        .map(|_| resilient_runtime::testing::spawn(quick()))
        .collect();
    for number in 0..300 {
        let limit = 1 + number % 5;
        apply(&format!(
            "[upstream.api]\nconcurrency = {limit}\nrequests = \"{}/s\"\n",
            10_000 + number
        ));
        tokio::task::yield_now().await;
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    apply("");
    let snapshot = API.snapshot();
    assert_eq!((snapshot.in_use, snapshot.permits), (Some(0), Some(4)));
}

/// Two upstreams behind one name of a call: each has its own limits and its own policy.
#[resilient_runtime::test(no_waits)]
async fn f360_an_upstream_follows_that_is_not_the_first_one_of_its_call() {
    static A: Upstream = Upstream::new("a").requests_per_minute(600);
    static B: Upstream = Upstream::new("b").requests_per_minute(600);
    static LATE: Upstream = Upstream::new("late");
    let attempts = async |upstream: &Upstream| {
        let result = upstream
            .call("ask")
            .run(async || Err::<(), _>(Failure::of(Class::ServerError)))
            .await;
        result.unwrap_err().history().attempts.len()
    };
    ask(&A, None).await;
    ask(&B, None).await;
    apply(
        "[upstream.a]\nattempts = 1\n[upstream.b]\nattempts = 3\nrequests = \"10/min\"\n[upstream.late]\nattempts = 2",
    );
    assert_eq!(A.snapshot().request_rate, Some(Rate::per_minute(600)));
    assert_eq!(B.snapshot().request_rate, Some(Rate::per_minute(10)));
    assert_eq!((attempts(&A).await, attempts(&B).await), (1, 3));
    assert_eq!(attempts(&LATE).await, 2);
    let unmatched = resilient_runtime::config::unmatched();
    assert!(unmatched.is_empty(), "{unmatched:?}");
    apply("");
    let default = usize::try_from(Policy::DEFAULT.attempts).unwrap();
    assert_eq!(attempts(&A).await, default);
    assert_eq!(B.snapshot().request_rate, Some(Rate::per_minute(600)));
}

/// Of the default section, say: the limits of an upstream are valid.
#[resilient_runtime::test]
async fn f366_a_contradiction_in_the_policy_leaves_the_limits_of_the_configuration() {
    static API: Upstream = Upstream::new("api").requests_per_minute(600);
    static LATE: Upstream = Upstream::new("late");
    ask(&API, None).await;
    let (recorder, recording) = resilient_tests::Recorder::start();
    apply("[default]\nbackoff.max = \"100ms\"\n[upstream.\"*\"]\nrequests = \"60/min\"");
    ask(&LATE, None).await;
    drop(recording);
    for upstream in [&API, &LATE] {
        let rate = upstream.snapshot().request_rate;
        assert_eq!(rate, Some(Rate::per_minute(60)), "{}", upstream.name());
    }
    let events = recorder.events();
    let rejected = events.iter().map(|it| it.field("error.message"));
    let rejected: Vec<_> = rejected.filter(|it| it.contains("`late`")).collect();
    assert!(rejected[0].contains("policy: backoff"), "{rejected:?}");
}
