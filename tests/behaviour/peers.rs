//! Our schedules compared with those of `backoff` and `backon`, and their schedules used in our
//! calls.

use backoff::backoff::Backoff as _;
use backon::BackoffBuilder as _;
use proptest::prelude::*;
use resilient_runtime::{
    Backoff, CallError, Class, Classification, Classify, Delays, FromBackoff, Jitter, Policy,
    Retry, Retryable, Schedule,
    decide::{Decision, Situation, decide},
    resilient,
};
use resilient_tests::{Counter, Failure};
use std::{io, time::Duration};
use tokio::time::Instant;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn exponential_steps_are_those_of_backoff(
        initial in 1_u64..60_000, factor in 1.0_f64..5.0, max in 1_u64..3_600_000,
    ) {
        let (initial, max) = (Duration::from_millis(initial.min(max)), Duration::from_millis(max));
        let ours = Backoff::exponential(initial).factor(factor).max(max).jitter(Jitter::None);
        let mut theirs = backoff::ExponentialBackoff {
            current_interval: initial,
            initial_interval: initial,
            randomization_factor: 0.0,
            multiplier: factor,
            max_interval: max,
            max_elapsed_time: None,
            ..Default::default()
        };
        for retry in 1..=40 {
            let (ours, theirs) = (ours.delay(retry, None, 0), theirs.next_backoff().unwrap());
            // Theirs multiplies the last, truncated step, and ours the first one: they differ by
            // rounding alone.
            let drift = ours.abs_diff(theirs);
            prop_assert!(drift <= ours / 1_000_000 + Duration::from_nanos(u64::from(retry)), "{retry}: {ours:?} {theirs:?}");
        }
    }

    #[test]
    fn exponential_steps_are_those_of_backon(
        initial in 1_u64..60_000, factor in 1.0_f32..5.0, max in 1_u64..3_600_000,
    ) {
        let (initial, max) = (Duration::from_millis(initial.min(max)), Duration::from_millis(max));
        let ours = Backoff::exponential(initial).factor(f64::from(factor)).max(max).jitter(Jitter::None);
        let theirs = backon::ExponentialBuilder::new()
            .with_min_delay(initial)
            .with_factor(factor)
            .with_max_delay(max)
            .with_max_times(40)
            .build();
        for (retry, theirs) in (1..).zip(theirs) {
            let ours = ours.delay(retry, None, 0);
            // Theirs uses 32-bit floats, which have seven digits, and loses precision at every
            // step.
            prop_assert!(ours.abs_diff(theirs) <= ours.max(theirs) / 10_000, "{retry}: {ours:?} {theirs:?}");
        }
    }
}

fn after(decision: Decision) -> Option<Duration> {
    match decision {
        Decision::Retry { after, .. } => Some(after),
        _ => None,
    }
}

#[test]
fn a_schedule_of_the_backoff_crate_is_a_schedule() {
    let mut schedule = FromBackoff(backoff::backoff::Constant::new(Duration::from_secs(3)));
    let failure = Classification::new(Class::ServerError);
    let decision = decide(
        &Policy::DEFAULT,
        &failure,
        &Situation::after(1),
        &mut schedule,
    );
    assert_eq!(after(decision), Some(Duration::from_secs(3)));
    let mut stop = FromBackoff(backoff::backoff::Stop {});
    assert_eq!(
        after(decide(
            &Policy::DEFAULT,
            &failure,
            &Situation::after(1),
            &mut stop
        )),
        None
    );
}

#[tokio::test(start_paused = true)]
async fn a_schedule_of_the_backoff_crate_works_in_the_attribute() {
    #[resilient(
        attempts = 10,
        backoff = FromBackoff(backoff::ExponentialBackoff {
            randomization_factor: 0.0,
            max_elapsed_time: None,
            ..backoff::ExponentialBackoff::default()
        })
    )]
    async fn call(times: &mut Vec<Instant>) -> Result<(), Failure> {
        times.push(Instant::now());
        Err(Failure::status(500))
    }
    let mut times = Vec::new();
    call(&mut times).await.unwrap_err();
    let waits: Vec<u128> = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_millis())
        .collect();
    assert_eq!(waits.len(), 9);
    // 500 ms, growing by half; a timer ends at the next millisecond.
    assert_eq!(waits[..3], [500, 750, 1_125]);
}

#[tokio::test(start_paused = true)]
async fn a_schedule_of_the_backon_crate_works_in_the_attribute() {
    #[resilient(backoff = Delays(backon::FibonacciBuilder::default().with_max_times(3).build()))]
    async fn call(times: &mut Vec<Instant>) -> Result<(), Failure> {
        times.push(Instant::now());
        Err(Failure::status(500))
    }
    let mut times = Vec::new();
    call(&mut times).await.unwrap_err();
    let waits: Vec<u64> = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs())
        .collect();
    assert_eq!(waits, [1, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_backoff_crate_decide_whether_to_retry() {
    #[resilient(attempts = 4)]
    async fn call(
        counter: &Counter,
        error: fn() -> backoff::Error<io::Error>,
    ) -> Result<(), CallError<backoff::Error<io::Error>>> {
        counter.count();
        Err(error().into())
    }
    let count = async |error| {
        let counter = Counter::new();
        call(&counter, error).await.unwrap_err();
        counter.get()
    };
    let permanent = || backoff::Error::permanent(io::ErrorKind::ConnectionReset.into());
    let transient = || backoff::Error::transient(io::ErrorKind::NotFound.into());
    assert_eq!((count(permanent).await, count(transient).await), (1, 4));

    let later = backoff::Error::retry_after(
        io::Error::from(io::ErrorKind::ConnectionReset),
        Duration::from_secs(9),
    );
    let classification = later.classify();
    assert_eq!(classification.retryable, Some(Retryable::Yes));
    assert_eq!(
        classification.wait.unwrap().duration,
        Duration::from_secs(9)
    );
}

/// A custom schedule is given all it needs.
#[tokio::test(start_paused = true)]
async fn a_custom_schedule_sees_the_class() {
    struct ByClass;
    impl Schedule for ByClass {
        fn delay(&mut self, retry: &Retry<'_>) -> Option<Duration> {
            (retry.class == Class::Conflict && retry.number < 3).then_some(Duration::from_secs(5))
        }
    }
    #[resilient(attempts = 10, backoff = ByClass)]
    async fn call(counter: &Counter, class: Class) -> Result<(), Failure> {
        counter.count();
        Err(Failure::of(class))
    }
    let counter = Counter::new();
    call(&counter, Class::Conflict).await.unwrap_err();
    assert_eq!(counter.get(), 3);
    call(&counter, Class::ServerError).await.unwrap_err();
    assert_eq!(counter.get(), 4);
}
