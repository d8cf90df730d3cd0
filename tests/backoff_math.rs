//! The arithmetic of waits: it saturates, keeps its bounds and spreads.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use proptest::prelude::*;
use resilient_runtime::{
    Backoff, BackoffKind, Budget, Class, Classification, Delays, Jitter, Policy, Rule, Schedule,
    call,
    decide::{Decision, Situation, decide},
};
use resilient_tests::Failure;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::Instant;

const KINDS: [BackoffKind; 4] = [
    BackoffKind::Exponential,
    BackoffKind::Linear,
    BackoffKind::Fixed,
    BackoffKind::Decorrelated,
];
const JITTERS: [Jitter; 3] = [Jitter::None, Jitter::Equal, Jitter::Full];

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::from_nanos(1)),
        Just(Duration::MAX),
        (0..u64::MAX).prop_map(Duration::from_nanos),
        (0..100_000_u64).prop_map(Duration::from_millis),
    ]
}

fn any_factor() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::MAX),
        Just(-1.0),
        Just(0.0),
        Just(1e308),
        1.0..4.0,
    ]
}

fn any_attempt() -> impl Strategy<Value = u32> {
    prop_oneof![0..2_000_u32, Just(u32::MAX), any::<u32>()]
}

fn any_random() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(u64::MAX), any::<u64>()]
}

fn any_backoff() -> impl Strategy<Value = Backoff> {
    (
        0..KINDS.len(),
        any_duration(),
        any_factor(),
        any_duration(),
        0..JITTERS.len(),
    )
        .prop_map(|(kind, initial, factor, max, jitter)| {
            Backoff::DEFAULT
                .kind(KINDS[kind])
                .initial(initial)
                .factor(factor)
                .max(max)
                .jitter(JITTERS[jitter])
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    /// F01, F05, F07, F10, F11: whatever the numbers are.
    #[test]
    fn f01_no_wait_panics_or_exceeds_the_maximum(
        backoff in any_backoff(), retry in any_attempt(), random in any_random(), previous in proptest::option::of(any_duration()),
    ) {
        let longest = match backoff.kind {
            BackoffKind::Fixed => backoff.initial,
            _ => backoff.max,
        };
        prop_assert!(backoff.step(retry) <= longest);
        prop_assert!(backoff.delay(retry, previous, random) <= longest);
    }

    #[test]
    fn f01_steps_never_shrink_and_end_at_the_maximum(
        initial in 1..10_000_u64, factor in 1.01..10.0_f64, max in 10_000..100_000_u64,
    ) {
        let backoff = Backoff::exponential(Duration::from_millis(initial))
            .factor(factor)
            .max(Duration::from_millis(max));
        let mut last = Duration::ZERO;
        for retry in (0..=1_000).chain([u32::MAX]) {
            let step = backoff.step(retry);
            prop_assert!(step >= last && !step.is_zero(), "{retry}: {step:?} after {last:?}");
            last = step;
        }
        prop_assert_eq!(last, backoff.max);
    }

    /// The wait that `decide` promises, with a server's word in it.
    #[test]
    fn f31_a_servers_wait_is_kept_or_refused(
        wait in any_duration(), cap in any_duration(), backoff in any_backoff(), random in any_random(), attempt in any_attempt(),
    ) {
        use resilient_runtime::{ServerWait, WaitOrigin};
        let policy = Policy::new().attempts(u32::MAX).max_retry_after(cap).backoff(backoff);
        let failure = Classification::new(Class::RateLimited)
            .wait(ServerWait::new(wait, WaitOrigin::RetryAfter));
        let mut situation = Situation::after(attempt.min(u32::MAX - 1));
        situation.random = random;
        match decide(&policy, &failure, &situation, &mut { backoff }) {
            Decision::Retry { after, .. } => {
                prop_assert!(wait <= cap && after >= wait);
                // A schedule without jitter is never shortened, so it may be the longer one.
                let spread = wait.max(seconds(1)).max(backoff.max).max(backoff.initial);
                prop_assert!(after <= wait.saturating_add(spread));
            }
            Decision::GiveUp { .. } => prop_assert!(wait > cap),
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn f04_an_overflowing_step_is_the_maximum_and_not_for_ever() {
    let backoff = Backoff::exponential(seconds(2)).max(seconds(300));
    assert_eq!(backoff.step(10_000), seconds(300));
    assert_eq!(backoff.step(u32::MAX), seconds(300));
    assert_eq!(
        Backoff::linear(seconds(2)).max(seconds(300)).step(u32::MAX),
        seconds(300)
    );
}

#[test]
fn f05_numbers_without_sense_are_named_before_the_first_call() {
    for factor in [f64::NAN, f64::INFINITY, -1.0, 0.0, 0.99] {
        let policy = Policy::new().backoff(Backoff::DEFAULT.factor(factor));
        assert!(
            policy.validate().unwrap_err().message().contains("factor"),
            "{factor}"
        );
    }
    let rule = Policy::new().on(Class::Timeout, Rule::new().factor(f64::NAN));
    assert!(rule.validate().is_err());
    assert!(
        Policy::new()
            .attempts(0)
            .validate()
            .unwrap_err()
            .to_string()
            .contains("attempts")
    );
    assert!(Policy::new().timeout(Duration::ZERO).validate().is_err());
    assert!(Policy::new().deadline(Duration::ZERO).validate().is_err());
    assert!(
        Policy::new()
            .on(Class::QuotaExhausted, Rule::new().retry(true))
            .validate()
            .is_err()
    );
    assert!(Policy::DEFAULT.validate().is_ok());
}

#[test]
fn f11_a_first_step_above_the_maximum_is_named_and_bounded() {
    let backoff = Backoff::exponential(seconds(10)).max(seconds(1));
    assert!(Policy::new().backoff(backoff).validate().is_err());
    for retry in 0..100 {
        assert!(backoff.delay(retry, None, u64::MAX) <= seconds(1));
    }
}

/// Without a failure that says otherwise, this policy retries for ever, and no wait is longer than its `max`.
#[tokio::test(start_paused = true)]
async fn f02_a_small_maximum_bounds_a_large_first_step() {
    let policy = Policy::new().budget(Budget::NONE).attempts(101).backoff(
        Backoff::exponential(seconds(1))
            .max(Duration::from_millis(10))
            .jitter(Jitter::None),
    );
    let mut last = None;
    let result: Result<(), Failure> = call!(&policy, async {
        let now = Instant::now();
        if let Some(last) = last.replace(now) {
            assert_eq!(now - last, Duration::from_millis(10));
        }
        Err(Failure::of(Class::ServerError))
    })
    .await;
    assert_eq!(
        result
            .unwrap_err()
            .history()
            .attempts
            .last()
            .unwrap()
            .number,
        101
    );
}

#[test]
fn f07_jitter_keeps_the_maximum() {
    let backoff = |jitter| {
        Backoff::exponential(seconds(1))
            .max(seconds(1))
            .jitter(jitter)
    };
    for jitter in JITTERS {
        for random in [0, 1, u64::MAX / 2, u64::MAX] {
            let delay = backoff(jitter).delay(5, None, random);
            assert!(
                delay <= seconds(1) && !delay.is_zero(),
                "{jitter:?} {random}: {delay:?}"
            );
        }
    }
    assert_eq!(backoff(Jitter::None).delay(5, None, 0), seconds(1));
    assert!(backoff(Jitter::Equal).delay(5, None, 0) > Duration::from_millis(499));
    assert_eq!(backoff(Jitter::Full).delay(5, None, u64::MAX), seconds(1));
}

/// The waits of a call with this seed, from the clock.
async fn waits(policy: Policy, failure: Failure) -> Vec<Duration> {
    let mut times = Vec::new();
    let policy = policy.budget(Budget::NONE);
    let result: Result<(), Failure> = call!(&policy, async {
        times.push(Instant::now());
        Err(failure.clone())
    })
    .await;
    result.unwrap_err();
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test(start_paused = true)]
async fn f08_clients_at_the_maximum_still_spread() {
    let mut seen = BTreeSet::new();
    for seed in 0..100 {
        let policy = Policy::new().attempts(10).seed(seed);
        seen.insert(*waits(policy, Failure::status(500)).await.last().unwrap());
    }
    assert!(seen.len() > 50, "{} distinct waits of 100", seen.len());
}

#[test]
fn f10_decorrelated_waits_stay_between_first_step_and_maximum() {
    for factor in [0.1, 1.0, 3.0] {
        let backoff = Backoff::decorrelated(seconds(2))
            .factor(factor)
            .max(seconds(60));
        let mut previous = None;
        for retry in 1..=20 {
            let delay = backoff.delay(retry, previous, u64::from(retry) << 58);
            assert!(
                delay >= seconds(2) && delay <= seconds(60),
                "{factor} {retry}: {delay:?}"
            );
            previous = Some(delay);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f13_the_default_policy_waits_before_every_retry() {
    for seed in 0..200 {
        let waits = waits(Policy::new().seed(seed), Failure::status(500)).await;
        assert_eq!(waits.len(), 4);
        assert!(waits.iter().all(|wait| !wait.is_zero()), "{waits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_seed_no_two_calls_wait_alike() {
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        seen.insert(waits(Policy::new(), Failure::status(500)).await);
    }
    // Five waits in milliseconds out of seconds: two equal rows mean that randomness is broken.
    assert_eq!(seen.len(), 20);
}

/// 1,000 clients fail together at 0 with the default policy.
#[tokio::test(start_paused = true)]
async fn f14_clients_that_failed_together_do_not_come_back_together() {
    let mut buckets = [[0_u32; 400]; 5];
    for seed in 0..1_000 {
        let start = Instant::now();
        let mut attempt = 0;
        let result: Result<(), Failure> = call!(Policy::new().seed(seed), async {
            let bucket = start.elapsed().as_millis() / 100;
            buckets[attempt][usize::try_from(bucket).unwrap().min(399)] += 1;
            attempt += 1;
            Err(Failure::status(500))
        })
        .await;
        result.unwrap_err();
    }
    for (retry, buckets) in buckets.iter().enumerate().skip(1) {
        let peak = buckets.iter().max().unwrap();
        assert!(*peak <= 250, "retry {retry}: {peak} of 1,000 in 100 ms");
    }
}

#[test]
fn overloaded_servers_get_a_longer_first_step() {
    let policy = Policy::new().backoff(Backoff::DEFAULT.jitter(Jitter::None));
    let wait = |class| match decide(
        &policy,
        &Classification::new(class),
        &Situation::after(1),
        &mut { policy.backoff },
    ) {
        Decision::Retry { after, .. } => after,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(wait(Class::ServerError), seconds(1));
    assert_eq!(wait(Class::Overloaded), seconds(2));
}

#[test]
fn a_fixed_wait_is_what_was_last_said_however_long() {
    let base = Backoff::fixed(seconds(1));
    assert_eq!(base.initial(seconds(90)).step(7), seconds(90));
    let policy = Policy::new()
        .backoff(base.jitter(Jitter::None))
        .on(Class::RateLimited, Rule::new().initial(seconds(90)));
    assert!(policy.validate().is_ok());
    let failure = Classification::new(Class::RateLimited);
    let decision = decide(&policy, &failure, &Situation::after(3), &mut {
        policy.backoff
    });
    assert!(matches!(decision, Decision::Retry { after, .. } if after == seconds(90)));
}

#[tokio::test(start_paused = true)]
async fn a_class_can_have_a_schedule_of_its_own() {
    let policy = Policy::new()
        .attempts(3)
        .backoff(Backoff::fixed(seconds(1)).jitter(Jitter::None))
        .on(
            Class::RateLimited,
            Rule::new()
                .kind(BackoffKind::Linear)
                .initial(seconds(7))
                .max(seconds(60)),
        );
    assert_eq!(
        waits(policy, Failure::status(500)).await,
        [seconds(1), seconds(1)]
    );
    assert_eq!(
        waits(policy, Failure::status(429)).await,
        [seconds(7), seconds(14)]
    );
}

#[test]
fn the_waits_of_an_iterator_end_the_call_where_it_ends() {
    let policy = Policy::new().attempts(100);
    let mut delays = Delays([seconds(1), seconds(2)].into_iter());
    let schedule: &mut dyn Schedule = &mut delays;
    let failure = Classification::new(Class::ServerError);
    let mut step = |attempt| decide(&policy, &failure, &Situation::after(attempt), schedule);
    assert!(matches!(step(1), Decision::Retry { after, .. } if after == seconds(1)));
    assert!(matches!(step(2), Decision::Retry { after, .. } if after == seconds(2)));
    assert!(matches!(step(3), Decision::GiveUp { .. }));
}

proptest! {
    /// What a policy gives back of a rule is what was set, as far as it keeps it.
    #[test]
    fn a_rule_comes_back_as_it_was_set(
        retry in any::<Option<bool>>(), attempts in proptest::option::of(0..70_000_u32),
        initial in proptest::option::of(any_duration()), factor in proptest::option::of(any_factor()),
    ) {
        let mut rule = Rule::new();
        (rule.retry, rule.attempts, rule.initial, rule.factor) = (retry, attempts, initial, factor);
        let policy = Policy::new().on(Class::Conflict, rule);
        let kept = policy.rule(Class::Conflict);
        prop_assert_eq!(kept.retry, retry);
        prop_assert_eq!(kept.attempts, attempts.map(|attempts| attempts.min(65_534)));
        prop_assert_eq!(kept.initial, initial.map(|initial| {
            let milliseconds = initial.as_nanos().div_ceil(1_000_000).min(u128::from(u32::MAX - 1));
            Duration::from_millis(u64::try_from(milliseconds).unwrap())
        }));
        prop_assert_eq!(kept.factor.is_some(), factor.is_some());
        let makes_sense = factor.is_none_or(|factor| factor >= 1.0 && factor.is_finite());
        prop_assert_eq!(kept.factor.is_none_or(|factor| factor >= 1.0), makes_sense);
        prop_assert_eq!(policy.rule(Class::Timeout), Rule::new());
        prop_assert_eq!(policy, policy);
    }
}
