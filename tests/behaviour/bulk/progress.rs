//! The numbers of the progress.

use super::Failure;
use resilient_runtime::{
    Backoff, Class, Classification, ServerWait, Tokens, Upstream, WaitOrigin,
    bulk::{Bulk, Progress},
    record_tokens, resilient,
    statistics::WaitReason,
};
use std::{convert::Infallible, env, process::Command, time::Duration};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

#[resilient_runtime::test(start_paused = true)]
async fn three_thousand_calls_through_500_a_minute_all_succeed_with_a_right_rate_and_time_left() {
    static API: Upstream = Upstream::new("500 a minute").requests_per_minute(500);
    #[resilient(upstream = API)]
    async fn ask(number: u32) -> Result<u32, Failure> {
        sleep(SECOND).await;
        record_tokens(Tokens {
            input: 10,
            output: 3,
        });
        Ok(number)
    }
    let start = Instant::now();
    let mut reports: Vec<(Duration, Progress)> = Vec::new();
    let done = Bulk::new(0..3_000)
        .progress(|progress| reports.push((start.elapsed(), progress.clone())))
        .run(ask)
        .collect()
        .await;
    let took = start.elapsed();
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
    assert_eq!(done.results.len(), 3_000);
    // 3,000 at 500 a minute, less the burst.
    assert!((358.0..362.0).contains(&took.as_secs_f64()), "{took:?}");

    let (_, last) = reports.last().unwrap();
    assert!((last.rate.unwrap() - 3_000.0 / took.as_secs_f64()).abs() < 0.01);
    assert_eq!(last.elapsed, took);
    assert_eq!((last.succeeded, last.failed), (3_000, 0));
    assert_eq!(
        last.tokens,
        Tokens {
            input: 30_000,
            output: 9_000
        }
    );
    assert!(last.is_last);
    let mut known = 0;
    for (at, progress) in &reports {
        let waiting = progress.in_flight() - progress.running;
        assert!(waiting <= 9, "{waiting} wait at {at:?}");
        assert_eq!(progress.total, Some(3_000));
        if at.as_secs() < 10 || progress.ended() > 2_950 {
            continue;
        }
        let rate = progress.rate.unwrap();
        assert!((rate - 500.0 / 60.0).abs() < 0.3, "{rate} at {at:?}");
        let left = progress.time_left.unwrap().as_secs_f64();
        let right = took.saturating_sub(*at).as_secs_f64();
        assert!(
            (left - right).abs() < 0.05 * right + 2.0,
            "{left} s left of {right} s"
        );
        known += 1;
    }
    assert!(known > 3_000, "{known} of {}", reports.len());
}

#[resilient_runtime::test(start_paused = true)]
async fn progress_says_for_how_long_the_server_holds_back_the_run() {
    static API: Upstream = Upstream::new("paused run").gate(true);
    #[resilient(upstream = API, attempts = 3, classify = kind_of)]
    async fn ask(start: Instant) -> Result<(), String> {
        sleep(Duration::from_millis(10)).await;
        if start.elapsed() < SECOND {
            Err("busy".to_owned())
        } else {
            Ok(())
        }
    }
    fn kind_of(_: &String) -> Classification {
        let wait = ServerWait::new(Duration::from_secs(30), WaitOrigin::RetryAfter);
        Classification::new(Class::RateLimited).wait(wait)
    }
    let start = Instant::now();
    let mut lines = Vec::new();
    let done = Bulk::new(0..20)
        .concurrency(2)
        .progress(|progress| {
            if let Some(waiting) = progress.held_back_by() {
                lines.push(waiting.to_string());
                assert!(matches!(
                    waiting.reason,
                    WaitReason::Server | WaitReason::Gate
                ));
            }
        })
        .run(async |_| ask(start).await.map_err(|_| ()))
        .collect()
        .await;
    assert!(done.results.iter().all(|(_, result)| result.is_ok()));
    assert!(
        lines
            .iter()
            .any(|line| line == "paused by the server, 12 s"),
        "{lines:?}"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn failures_are_counted_by_class_and_waits_by_reason() {
    #[resilient(
        attempts = 2,
        backoff(kind = "fixed", initial = "10s", jitter = "none")
    )]
    async fn ask(number: u32) -> Result<u32, Failure> {
        sleep(Duration::from_millis(10)).await;
        match number % 4 {
            0 => Err(Failure(Class::NotFound)),
            1 => Err(Failure(Class::Network)),
            _ => Ok(number),
        }
    }
    let mut reports = Vec::new();
    let done = Bulk::new(0..8)
        .progress(|progress| reports.push(progress.clone()))
        .run(async |number| {
            if number == 7 {
                Err(Failure(Class::Conflict))
            } else {
                ask(number).await
            }
        })
        .collect()
        .await;
    assert_eq!(done.results.len(), 8);
    let waiting = &reports.iter().find(|it| it.running == 0).unwrap().waiting;
    assert_eq!(waiting[0].reason, WaitReason::Backoff);
    assert_eq!(waiting[0].count, 2);
    assert!(waiting[0].time_left.unwrap() > 9 * SECOND);
    let last = reports.last().unwrap();
    assert_eq!((last.succeeded, last.failed), (3, 5));
    let mut failures = last.failures.clone();
    failures.sort();
    // An error that no call has returned has no class.
    assert_eq!(
        failures,
        [
            (Class::NotFound, 2),
            (Class::Network, 2),
            (Class::Unknown, 1)
        ]
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn reports_come_ten_times_a_second_and_never_with_every_item() {
    let mut times = Vec::new();
    let start = Instant::now();
    let done = Bulk::new(0..50_000)
        .concurrency(50)
        .progress(|progress| times.push((start.elapsed(), progress.ended())))
        .run(async |number: u32| {
            sleep(Duration::from_millis(10)).await;
            Ok::<_, Infallible>(number)
        })
        .collect()
        .await;
    assert_eq!(done.results.len(), 50_000);
    assert!((95..=102).contains(&times.len()), "{}", times.len());
    assert_eq!(times.last().unwrap().1, 50_000);
}

#[resilient_runtime::test(start_paused = true)]
async fn an_unknown_number_of_items_has_no_time_left() {
    let mut reports = Vec::new();
    let items = (0..100).filter(|number| number % 2 == 0);
    let done = Bulk::new(items)
        .concurrency(1)
        .progress(|progress| reports.push(progress.clone()))
        .run(async |number: u32| {
            sleep(Duration::from_millis(200)).await;
            Ok::<_, Infallible>(number)
        })
        .collect()
        .await;
    assert_eq!(done.results.len(), 50);
    assert!(
        reports
            .iter()
            .all(|it| it.total.is_none() && it.time_left.is_none())
    );
    let rate = reports[reports.len() / 2].rate.unwrap();
    assert!((rate - 5.0).abs() < 0.5, "{rate}");
    assert_eq!(reports[30].to_string(), "15, 1 in flight, 4.8/s");
}

#[resilient_runtime::test(start_paused = true)]
async fn tokens_of_failed_attempts_count_and_those_of_a_run_inside_count_for_the_outer_one() {
    static API: Upstream = Upstream::new("tokens of a run");
    #[resilient(upstream = API, attempts = 2, backoff = FAST)]
    async fn ask(failed: &mut bool) -> Result<(), Failure> {
        record_tokens(Tokens::input(5));
        if std::mem::replace(failed, true) {
            Ok(())
        } else {
            Err(Failure(Class::Network))
        }
    }
    const FAST: Backoff = Backoff::fixed(Duration::from_millis(1));
    let mut tokens = Tokens::default();
    let inner = async |_| {
        let inner = Bulk::new(0..3).run(async |_| ask(&mut false).await);
        assert!(
            inner
                .collect()
                .await
                .results
                .iter()
                .all(|(_, result)| result.is_ok())
        );
        Ok::<_, Infallible>(())
    };
    let outer = Bulk::new(0..4).progress(|progress| tokens = progress.tokens);
    assert_eq!(outer.run(inner).collect().await.results.len(), 4);
    assert_eq!(tokens, Tokens::input(4 * 3 * 2 * 5));
}

/// In a process of its own, whose error stream is no terminal in any case.
#[test]
fn bar_is_silent_without_a_terminal() {
    const IS_CHILD: &str = "RESILIENT_TEST_BAR";
    if env::var_os(IS_CHILD).is_none() {
        let test = "bulk::progress::bar_is_silent_without_a_terminal";
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(IS_CHILD, "")
            .output()
            .unwrap();
        assert!(child.status.success());
        assert_eq!(String::from_utf8(child.stderr).unwrap(), "");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let run = Bulk::new(0..10)
        .concurrency(1)
        .progress_bar()
        .run(async |number: u32| {
            sleep(Duration::from_millis(30)).await;
            Ok::<_, Infallible>(number)
        });
    let done = runtime.unwrap().block_on(run.collect());
    assert_eq!(done.results.len(), 10);
}
