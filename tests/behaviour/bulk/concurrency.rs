//! The number of calls that are in flight, and of those that wait.

use super::Failure;
use resilient_runtime::{
    Backoff, Breaker, Class, Classification, Concurrency, Policy, Rate, ServerWait, Upstream,
    WaitOrigin, bulk::Bulk, resilient, statistics::WaitReason,
};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Counts how many run at once.
#[derive(Default)]
struct AtOnce {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl AtOnce {
    async fn run(&self, time: Duration) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        sleep(time).await;
        self.now.fetch_sub(1, Ordering::Relaxed);
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn concurrency_bounds_the_items_in_flight_with_and_without_a_number() {
    for (number, expected) in [(None, 500), (Some(64), 64), (Some(0), 1)] {
        let at_once = AtOnce::default();
        let mut bulk = Bulk::new(0..2_000);
        if let Some(number) = number {
            bulk = bulk.concurrency(number);
        }
        let begin = async |_| {
            at_once.run(Duration::from_millis(5)).await;
            Ok::<_, Failure>(())
        };
        assert_eq!(bulk.run(begin).collect().await.results.len(), 2_000);
        assert_eq!(at_once.most(), expected);
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f279_a_run_uses_all_permits_of_its_upstream_and_few_calls_wait() {
    static API: Upstream = Upstream::new("permits of a run").concurrency(Concurrency::new(40));
    #[resilient(upstream = API)]
    async fn ask(at_once: &AtOnce) -> Result<(), Failure> {
        at_once.run(Duration::from_secs(1)).await;
        Ok(())
    }
    let at_once = AtOnce::default();
    let mut waiting = 0;
    let start = Instant::now();
    let done = Bulk::new(0..400)
        .progress(|progress| {
            for wait in &progress.waiting {
                assert_eq!(wait.reason, WaitReason::Concurrency);
                waiting = waiting.max(wait.count);
            }
        })
        .run(async |_| ask(&at_once).await)
        .collect()
        .await;
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
    assert_eq!(at_once.most(), 40);
    assert_eq!(start.elapsed(), Duration::from_secs(10));
    assert_eq!(waiting, 21, "half of those in flight, and one");
}

#[resilient_runtime::test(start_paused = true)]
async fn a_run_follows_an_adaptive_limit() {
    static API: Upstream = Upstream::new("adaptive run").concurrency(Concurrency::adaptive(4, 200));
    #[resilient(upstream = API, attempts = 1)]
    async fn ask(at_once: &AtOnce) -> Result<(), Failure> {
        at_once.run(Duration::from_millis(100)).await;
        Ok(())
    }
    let at_once = AtOnce::default();
    let done = Bulk::new(0..20_000)
        .run(async |_| ask(&at_once).await)
        .collect()
        .await;
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
    assert!(at_once.most() > 50, "{}", at_once.most());
}

#[resilient_runtime::test(start_paused = true)]
async fn a_rate_limit_is_used_to_the_full() {
    static API: Upstream = Upstream::new("fast run").requests(Rate::per_second(2_000));
    #[resilient(upstream = API)]
    async fn ask() -> Result<(), Failure> {
        sleep(Duration::from_millis(20)).await;
        Ok(())
    }
    let start = Instant::now();
    let done = Bulk::new(0..20_000)
        .run(async |_| ask().await)
        .collect()
        .await;
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
    let took = start.elapsed();
    let (least, most) = (Duration::from_secs(9), Duration::from_millis(10_500));
    assert!((least..most).contains(&took), "{took:?}");
}

#[resilient_runtime::test(start_paused = true)]
async fn f279_no_item_is_begun_while_those_before_wait_for_a_retry_and_all_get_done() {
    const SECOND: Duration = Duration::from_secs(1);
    static API: Upstream = Upstream::new("down for a run")
        .concurrency(Concurrency::new(20))
        .policy(Policy::new().attempts(20).backoff(Backoff::fixed(SECOND)));
    #[resilient(upstream = API)]
    async fn ask(start: Instant) -> Result<(), Failure> {
        sleep(Duration::from_millis(10)).await;
        let is_down = (SECOND..6 * SECOND).contains(&start.elapsed());
        if is_down {
            Err(Failure(Class::Overloaded))
        } else {
            Ok(())
        }
    }
    let start = Instant::now();
    let mut most = 0;
    let done = Bulk::new(0..5_000)
        .progress(|progress| most = most.max(progress.in_flight()))
        .run(async |_| ask(start).await)
        .collect()
        .await;
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
    assert!((30..=60).contains(&most), "{most}");
}

#[resilient_runtime::test(start_paused = true)]
async fn f280_calls_of_a_run_wait_for_an_open_breaker() {
    static API: Upstream = Upstream::new("broken run").breaker(Breaker::new());
    #[resilient(upstream = API, attempts = 5)]
    async fn ask(start: Instant) -> Result<(), Failure> {
        sleep(Duration::from_millis(10)).await;
        let is_down = start.elapsed() < Duration::from_secs(20);
        if is_down {
            Err(Failure(Class::ServerError))
        } else {
            Ok(())
        }
    }
    let start = Instant::now();
    let mut has_waited = false;
    let done = Bulk::new(0..3_000)
        .progress(|progress| {
            let reason = progress.held_back_by().map(|waiting| waiting.reason);
            has_waited |= reason == Some(WaitReason::Breaker);
        })
        .run(async |_| ask(start).await)
        .collect()
        .await;
    assert!(has_waited);
    assert_eq!(done.stopped, None);
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_call_with_a_fallback_does_not_wait_for_an_open_breaker() {
    static API: Upstream = Upstream::new("fallback of a run").breaker(Breaker::new());
    #[resilient(upstream = API, fallback = other)]
    async fn ask(number: u32) -> Result<u32, Failure> {
        assert_eq!(number, 0, "the circuit is open");
        Err(Failure(Class::QuotaExhausted))
    }
    async fn other(_: u32, _: Failure) -> Result<u32, Failure> {
        Ok(7)
    }
    let start = Instant::now();
    let done = Bulk::new(0..10).run(ask).collect().await;
    assert_eq!(done.stopped, None);
    assert!(done.results.iter().all(|(_, result)| *result == Ok(7)));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_item_whose_own_run_waits_is_one_that_waits() {
    static API: Upstream = Upstream::new("run of an item").requests(Rate::per_minute(6));
    #[resilient(upstream = API)]
    async fn ask() -> Result<(), Failure> {
        sleep(Duration::from_secs(1)).await;
        Ok(())
    }
    let mut most = 0;
    let mut waits = 0;
    let outer = Bulk::new(0..20).progress(|progress| {
        most = most.max(progress.in_flight());
        waits += usize::from(
            progress
                .held_back_by()
                .is_some_and(|it| it.reason == WaitReason::Requests),
        );
    });
    let done = outer.run(async |_| {
        let inner = Bulk::new(0..3).run(async |_| ask().await);
        assert!(
            inner
                .collect()
                .await
                .results
                .iter()
                .all(|(_, result)| result.is_ok())
        );
        Ok::<_, Failure>(())
    });
    assert_eq!(done.collect().await.results.len(), 20);
    assert!(most <= 4, "{most}");
    assert!(waits > 4_000, "{waits}");
}

#[resilient_runtime::test(start_paused = true)]
async fn a_run_is_back_at_its_pace_soon_after_a_pause_by_the_server() {
    static API: Upstream = Upstream::new("pause of a run")
        .requests(Rate::per_second(20))
        .gate(true);
    #[resilient(upstream = API, attempts = 5, classify = kind_of)]
    async fn ask(start: Instant) -> Result<(), String> {
        sleep(Duration::from_millis(500)).await;
        let is_down = (5.0..5.5).contains(&start.elapsed().as_secs_f64());
        if is_down {
            Err("busy".to_owned())
        } else {
            Ok(())
        }
    }
    fn kind_of(_: &String) -> Classification {
        let wait = ServerWait::new(Duration::from_secs(60), WaitOrigin::RetryAfter);
        Classification::new(Class::Overloaded).wait(wait)
    }
    let start = Instant::now();
    let done = Bulk::new(0..1_000)
        .run(async |_| ask(start).await)
        .collect()
        .await;
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
    // 50 s of work, and the pause.
    let more = start.elapsed().saturating_sub(Duration::from_secs(110));
    assert!(more < Duration::from_secs(5), "{more:?}");
}
