//! Shadow mode: what would be held back is counted, and nothing is held back.

mod differential;
mod held;

use futures::future::join_all;
use resilient_runtime::{
    Breaker, BreakerState, Class, Classification, Concurrency, Policy, Rate, ServerWait, Upstream,
    WaitOrigin, call,
    config::Config,
    testing::{Step, record},
};
use resilient_tests::Failure;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1);

type Outcome = Result<(), Failure>;

async fn ok(upstream: &Upstream, cost: u64) -> Outcome {
    call!(upstream = upstream, cost = cost, policy = ONCE, async {
        sleep(SECOND).await;
        Ok(())
    })
    .await
}

async fn failing(upstream: &Upstream, failure: &Failure) -> Outcome {
    call!(upstream = upstream, policy = ONCE, async {
        Err(failure.clone())
    })
    .await
}

/// Ten calls at once, of which the limit lets one through: how many were counted.
async fn ten_at_once(upstream: &Upstream) -> u64 {
    let start = Instant::now();
    let (outcomes, trace) = record(join_all((0..10).map(|_| ok(upstream, 1)))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(start.elapsed(), SECOND, "nothing waits");
    let is_counted = |step: &&Step| matches!(step, Step::NotEnforced(_));
    let counts = upstream.snapshot().counts;
    assert_eq!(
        trace.steps().filter(is_counted).count() as u64,
        counts.not_enforced
    );
    assert_eq!((counts.refused, counts.queued), (0, 0));
    counts.not_enforced
}

#[resilient_runtime::test(start_paused = true)]
async fn limits_in_shadow_delay_nothing_and_count_what_they_would_delay() {
    let one = Rate::per_minute(1).burst(1);
    let requests = Upstream::new("requests").requests(one);
    let tokens = Upstream::new("tokens").tokens(one);
    let permits = Upstream::new("permits").concurrency(Concurrency::new(1));
    let full = Upstream::new("full").concurrency(Concurrency::new(1).queue(0));
    for upstream in [requests, tokens, permits, full] {
        let upstream = upstream.max_wait(Duration::from_millis(1)).shadow(true);
        assert_eq!(ten_at_once(&upstream).await, 9, "{}", upstream.name());
        assert_eq!(upstream.snapshot().in_use.unwrap_or(0), 0);
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn a_call_too_costly_for_the_limit_is_sent_in_shadow() {
    let upstream = Upstream::new("tokens").tokens_per_minute(100).shadow(true);
    ok(&upstream, 101).await.unwrap();
    assert_eq!(upstream.snapshot().counts.not_enforced, 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_closed_gate_delays_nothing_in_shadow() {
    let upstream = Upstream::new("gate").gate(true).shadow(true);
    let wait = ServerWait::new(10 * SECOND, WaitOrigin::RetryAfter);
    let busy = Failure::from(Classification::of_status(429).wait(wait));
    failing(&upstream, &busy).await.unwrap_err();
    assert!(upstream.snapshot().gate.is_some());
    assert_eq!(ten_at_once(&upstream).await, 10);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_breaker_in_shadow_opens_and_closes_and_refuses_nothing() {
    let breaker = Breaker::new().consecutive(3).half_open_probes(1);
    let upstream = Upstream::new("breaker").breaker(breaker).shadow(true);
    let down = Failure::status(500);
    for _ in 0..10 {
        let failure = failing(&upstream, &down).await.unwrap_err();
        assert_eq!(failure.class(), Class::ServerError, "never refused");
    }
    let snapshot = upstream.snapshot();
    assert_eq!(snapshot.breaker, Some(BreakerState::Open));
    assert_eq!(snapshot.counts.not_enforced, 7);
    // A success during the break is none of a probe.
    ok(&upstream, 0).await.unwrap();
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
    sleep(Breaker::DEFAULT.break_duration).await;
    ok(&upstream, 0).await.unwrap();
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
    assert_eq!(upstream.snapshot().counts.not_enforced, 8);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_retry_behind_an_open_breaker_keeps_its_schedule_in_shadow() {
    let breaker = Breaker::new().consecutive(1);
    let upstream = Upstream::new("breaker").breaker(breaker).shadow(true);
    let mut tries = 0;
    let outcome: Outcome = call!(upstream = &upstream, policy = Policy::new(), async {
        tries += 1;
        if tries < 3 {
            Err(Failure::status(500))
        } else {
            Ok(())
        }
    })
    .await;
    outcome.unwrap();
    assert_eq!(upstream.snapshot().counts.not_enforced, 2);
}

#[resilient_runtime::test(start_paused = true)]
async fn isolation_by_hand_refuses_calls_in_shadow_too() {
    let upstream = Upstream::new("isolated").shadow(true);
    upstream.isolate();
    let failure = ok(&upstream, 0).await.unwrap_err();
    assert_eq!(failure.class(), Class::CircuitOpen);
    assert_eq!(upstream.snapshot().counts.not_enforced, 0);
    upstream.release();
    ok(&upstream, 0).await.unwrap();
}

/// Calls with an empty retry budget, each with nine retries: how long they take.
async fn without_budget(upstream: &Upstream) -> Duration {
    let start = Instant::now();
    let calls = (0..50).map(|_| async {
        let policy = Policy::new().attempts(10);
        let outcome: Outcome = call!(upstream = upstream, policy = policy, async {
            sleep(SECOND / 100).await;
            Err(Failure::status(500))
        })
        .await;
        outcome.unwrap_err().history().attempts.len()
    });
    let attempts: Vec<_> = join_all(calls).await;
    if upstream.config().shadow {
        assert!(attempts.iter().all(|it| *it == 10), "{attempts:?}");
    }
    start.elapsed()
}

#[resilient_runtime::test(start_paused = true)]
async fn the_retry_budget_defers_nothing_in_shadow() {
    let enforced = Upstream::new("enforced");
    without_budget(&enforced).await;
    assert!(enforced.snapshot().counts.deferred > 0, "it does defer");
    let shadow = Upstream::new("shadow").shadow(true);
    without_budget(&shadow).await;
    let snapshot = shadow.snapshot();
    assert_eq!(snapshot.counts.deferred, 0);
    assert_eq!(snapshot.counts.suppressed, 0);
    assert!(snapshot.counts.not_enforced > 0);
    assert_eq!(snapshot.waiting_retries, 0);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_configuration_turns_shadow_mode_on_and_off_with_the_next_attempt() {
    static API: Upstream = Upstream::new("api").requests(Rate::per_minute(1).burst(1));
    let apply = |text| Config::parse(text, "resilient.toml").unwrap().apply();
    let late = ONCE.deadline(SECOND);
    let call =
        async || -> Outcome { call!(upstream = &API, policy = late, async { Ok(()) }).await };
    call().await.unwrap();
    assert_eq!(call().await.unwrap_err().class(), Class::Throttled);
    apply("[upstream.api]\nshadow = true");
    call().await.unwrap();
    assert_eq!(API.snapshot().counts.not_enforced, 1);
    apply("[upstream.api]\nshadow = false");
    assert_eq!(call().await.unwrap_err().class(), Class::Throttled);
}

#[resilient_runtime::test(start_paused = true)]
async fn one_key_can_be_in_shadow() {
    static API: Upstream = Upstream::new("api").requests(Rate::per_minute(1).burst(1));
    let call = async |key: &str| -> Outcome {
        let once = ONCE.deadline(SECOND);
        let call = API.call("by key").key(key).policy(&once);
        call.run(async || Ok(())).await
    };
    Config::parse("[upstream.api.key.\"trial-*\"]\nshadow = true", "t.toml")
        .unwrap()
        .apply();
    for _ in 0..3 {
        call("trial-1").await.unwrap();
    }
    call("paid").await.unwrap();
    assert_eq!(call("paid").await.unwrap_err().class(), Class::Throttled);
}
