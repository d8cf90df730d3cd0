//! A blocking call does what an async one does.

use resilient_runtime::{
    Breaker, CallError, Class, Classify as _, Event, EventKind, Failover, GiveUp, SlowCalls,
    Upstream, observe, policy_of, resilient,
    testing::{Step, record},
};
use resilient_tests::{Counter, Failure};
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::{Instant, advance};

const SECOND: Duration = Duration::from_secs(1);

#[resilient(backoff(jitter = "none"))]
fn fails(attempts: &Counter, times: u32) -> Result<u32, Failure> {
    match attempts.count() {
        attempt if attempt > times => Ok(attempt),
        attempt => Err(Failure::of(Class::ServerError).id(attempt)),
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn failures_are_retried_after_the_waits_of_the_schedule_and_the_last_error_has_the_history() {
    let (attempts, start) = (Counter::new(), Instant::now());
    assert_eq!(fails(&attempts, 3).unwrap(), 4);
    assert_eq!(start.elapsed(), (1 + 2 + 4) * SECOND);
    let failure = fails(&Counter::new(), 9).unwrap_err();
    assert_eq!((failure.id, failure.history().attempts.len()), (5, 5));
    assert_eq!(failure.history().gave_up, Some(GiveUp::AttemptsUsedUp));
}

#[resilient_runtime::test(no_waits)]
fn without_a_runtime_the_kit_has_no_waits_and_records_every_step() {
    let call = record(async { fails(&Counter::new(), 9) });
    let (answer, trace) = resilient_runtime::testing::block_on(call);
    assert_eq!(answer.unwrap_err().id, 5);
    trace.assert_attempts(5);
    trace.assert_gave_up(GiveUp::AttemptsUsedUp);
}

#[test]
fn wait_without_a_runtime_blocks_the_thread_for_its_time() {
    #[resilient(backoff(kind = "fixed", initial = "30ms", jitter = "none"))]
    fn waits(attempts: &Counter) -> Result<(), Failure> {
        match attempts.count() {
            1 => Err(Failure::of(Class::Connect)),
            _ => Ok(()),
        }
    }
    let start = std::time::Instant::now();
    waits(&Counter::new()).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(30));
}

/// An attempt that takes this long.
async fn taken(time: Duration) {
    advance(time).await;
}

fn block_for(time: Duration) {
    // A paused clock is moved on by the first poll.
    let mut future = std::pin::pin!(taken(time));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let _ = future.as_mut().poll(&mut cx);
}

#[resilient_runtime::test(start_paused = true)]
async fn deadline_ends_waits_and_further_attempts_and_not_the_attempt_that_runs() {
    #[resilient(
        deadline = "10s",
        backoff(kind = "fixed", initial = "3s", jitter = "none")
    )]
    fn slow(attempts: &Counter, takes: Duration, succeeds: bool) -> Result<u32, Failure> {
        let attempt = attempts.count();
        block_for(takes);
        if succeeds {
            return Ok(attempt);
        }
        Err(Failure::of(Class::ServerError).id(attempt))
    }
    let start = Instant::now();
    let failure = slow(&Counter::new(), SECOND, false).unwrap_err();
    let gave_up = failure.history().gave_up;
    assert_eq!(gave_up, Some(GiveUp::NoTimeLeft { wait: 3 * SECOND }));
    assert_eq!((failure.id, start.elapsed()), (3, 9 * SECOND));
    // It has succeeded all the same.
    assert_eq!(slow(&Counter::new(), 60 * SECOND, true).unwrap(), 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn default_timeout_is_not_applied_and_not_shown() {
    #[resilient(name = "blocking.untimed")]
    fn untimed() -> Result<(), Failure> {
        block_for(600 * SECOND);
        Ok(())
    }
    untimed().unwrap();
    let policy = policy_of("blocking.untimed").unwrap();
    assert_eq!(policy.policy().timeout, None);
    assert!(policy.to_string().contains("timeout: none"), "{policy}");
}

static BUSY: Upstream = Upstream::new("blocking.busy").requests_per_minute(60);

#[resilient_runtime::test(start_paused = true)]
async fn rate_limit_is_waited_for_on_the_thread() {
    #[resilient(upstream = BUSY, budget = "none")]
    fn ask() -> Result<(), Failure> {
        Ok(())
    }
    let start = Instant::now();
    for _ in 0..65 {
        ask().unwrap();
    }
    assert!(start.elapsed() >= 4 * SECOND, "{:?}", start.elapsed());
    assert!(start.elapsed() <= 66 * SECOND, "{:?}", start.elapsed());
    assert!(BUSY.snapshot().counts.queued > 0);
}

#[resilient_runtime::test(start_paused = true)]
async fn upstream_counts_the_time_of_an_attempt_although_it_is_one_poll() {
    static SLOW: Upstream = Upstream::new("blocking.slow").breaker(
        Breaker::new()
            .min_calls(4)
            .window(Duration::from_secs(60))
            .slow(SlowCalls::new(Duration::from_secs(5), 0.5))
            .break_duration(SECOND),
    );
    #[resilient(upstream = SLOW)]
    fn ask(takes: Duration) -> Result<(), Failure> {
        block_for(takes);
        Ok(())
    }
    for _ in 0..4 {
        ask(6 * SECOND).unwrap();
    }
    let refused = ask(SECOND).unwrap_err();
    assert_eq!(refused.class(), Class::CircuitOpen);
}

#[resilient_runtime::test(start_paused = true)]
async fn events_have_the_time_of_the_attempts() {
    #[resilient(name = "blocking.timed")]
    fn timed(attempts: &Counter) -> Result<(), Failure> {
        let attempt = attempts.count();
        block_for(attempt * SECOND);
        match attempt {
            1 => Err(Failure::of(Class::ServerError)),
            _ => Ok(()),
        }
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let times = Arc::clone(&heard);
    let _observer = observe(move |event: &Event<'_>| {
        if event.function() != Some("blocking.timed") {
            return;
        }
        let took = match &event.kind {
            EventKind::AttemptFailed(failed) => failed.took,
            EventKind::Recovered { took, .. } | EventKind::Succeeded { took, .. } => *took,
            _ => return,
        };
        times.lock().unwrap().push(took);
    });
    let attempts = Counter::new();
    timed(&attempts).unwrap();
    timed(&attempts).unwrap();
    assert_eq!(*heard.lock().unwrap(), [1, 2, 3].map(|n| n * SECOND));
}

fn without_history(failure: Failure) -> Failure {
    let retried = failure.classify().retried;
    Failure::from(failure.classification.retried(retried))
}

#[resilient_runtime::test(start_paused = true)]
async fn deadline_of_an_async_call_holds_for_the_blocking_call_inside_it() {
    #[resilient(deadline = "5s", attempts = 1)]
    async fn outer(attempts: &Counter) -> Result<u32, Failure> {
        fails(attempts, 9).map_err(without_history)
    }
    let (attempts, start) = (Counter::new(), Instant::now());
    let failure = outer(&attempts).await.unwrap_err();
    assert_eq!(failure.class(), Class::ServerError);
    assert_eq!((attempts.get(), start.elapsed()), (3, 3 * SECOND));
}

#[resilient_runtime::test(no_waits)]
fn inner_blocking_call_that_has_used_up_its_retries_is_not_retried_outside() {
    #[resilient]
    fn outer(attempts: &Counter) -> Result<u32, Failure> {
        fails(attempts, 99).map_err(without_history)
    }
    let attempts = Counter::new();
    outer(&attempts).unwrap_err();
    assert_eq!(attempts.get(), 5);
}

#[resilient_runtime::test(no_waits)]
fn fallback_answers_and_a_call_of_the_same_function_in_it_has_no_fallback_again() {
    fn again(attempts: &Counter, error: Failure) -> Result<u32, Failure> {
        let first = error.id;
        drop(error);
        asks(attempts).map_err(|inner| inner.id(100 + first))
    }
    #[resilient(attempts = 2, fallback = again)]
    fn asks(attempts: &Counter) -> Result<u32, Failure> {
        Err(Failure::of(Class::ServerError).id(attempts.count()))
    }
    let attempts = Counter::new();
    assert_eq!(asks(&attempts).unwrap_err().id, 102);
    assert_eq!(attempts.get(), 4);
}

static FIRST: Upstream = Upstream::new("blocking.first");
static SECOND_TARGET: Upstream = Upstream::new("blocking.second");
static TARGETS: Failover = Failover::new("blocking.targets")
    .to(&FIRST, "first")
    .to(&SECOND_TARGET, "second");

#[resilient_runtime::test(no_waits)]
fn failover_moves_on_to_the_next_target() {
    #[resilient(failover = TARGETS, context = attempt)]
    fn ask() -> Result<String, Failure> {
        match attempt.target().name() {
            "first" => Err(Failure::of(Class::ServerError)),
            other => Ok(other.to_owned()),
        }
    }
    assert_eq!(ask().unwrap(), "second");
}

#[resilient_runtime::test(start_paused = true)]
async fn job_is_polled_until_it_is_ready() {
    #[resilient(until = |polls| *polls == 4, backoff(jitter = "none"))]
    fn job(polls: &Counter) -> Result<u32, Failure> {
        Ok(polls.count())
    }
    let start = Instant::now();
    assert_eq!(job(&Counter::new()).unwrap(), 4);
    assert_eq!(start.elapsed(), (1 + 2 + 4) * SECOND);
}

#[resilient_runtime::test(no_waits)]
fn batch_that_fails_is_halved_by_the_second_function() {
    #[resilient(split, attempts = 1)]
    fn load(items: Vec<u32>) -> Result<Vec<u32>, Failure> {
        if items.contains(&3) {
            return Err(Failure::of(Class::InvalidRequest));
        }
        Ok(items)
    }
    let results = load_each((1..=4).collect());
    let ok: Vec<Option<u32>> = results.into_iter().map(Result::ok).collect();
    assert_eq!(ok, [Some(1), Some(2), None, Some(4)]);
}

#[resilient_runtime::test(no_waits)]
fn first_step_of_a_record_is_the_attempt() {
    #[resilient]
    fn plain() -> Result<(), CallError<io::Error>> {
        Ok(())
    }
    let (_, trace) = resilient_runtime::testing::block_on(record(async { plain() }));
    assert!(
        matches!(trace.steps().next(), Some(Step::Succeeded { .. })),
        "{trace}"
    );
}
