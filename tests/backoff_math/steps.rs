//! The steps of a schedule: they saturate, and keep the maximum with every jitter.

use super::{any_duration, any_factor, seconds};
use proptest::prelude::*;
use resilient_runtime::{
    Backoff, BackoffKind, Class, Classification, Jitter, Policy,
    decide::{Decision, Situation, decide},
};
use std::time::Duration;

const KINDS: [BackoffKind; 4] = [
    BackoffKind::Exponential,
    BackoffKind::Linear,
    BackoffKind::Fixed,
    BackoffKind::Decorrelated,
];
const JITTERS: [Jitter; 3] = [Jitter::None, Jitter::Equal, Jitter::Full];

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

    /// F01, F05, F07, F10, F11: for any numbers.
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

    /// The wait that `decide` returns if the server asks for a wait.
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
fn f11_a_first_step_above_the_maximum_is_named_and_bounded() {
    let backoff = Backoff::exponential(seconds(10)).max(seconds(1));
    assert!(Policy::new().backoff(backoff).validate().is_err());
    for retry in 0..100 {
        assert!(backoff.delay(retry, None, u64::MAX) <= seconds(1));
    }
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
