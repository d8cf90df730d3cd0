//! Random outages of three targets.

use super::Failure;
use proptest::prelude::*;
use resilient_runtime::{Class, Failover, Target, Upstream, resilient};
use std::time::Duration;
use tokio::time::Instant;

static A: Upstream = Upstream::new("a");
static B: Upstream = Upstream::new("b");
static C: Upstream = Upstream::new("c");
static ABC: Failover = Failover::new("abc").to(&A, "a").to(&B, "b").to(&C, "c");

/// The longest wait between two attempts of a call at one target: while all three are down, they
/// have their turns, with two seconds between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(6);
const DEADLINE: Duration = Duration::from_secs(30);
/// Those of outages that end by themselves.
const CLASSES: [Class; 4] = [
    Class::Connect,
    Class::ServerError,
    Class::Overloaded,
    Class::RateLimited,
];
/// Those of targets that nobody mends.
const LOST: [Class; 2] = [Class::Authentication, Class::QuotaExhausted];

/// When the servers behind the targets fail, in milliseconds: from, until, and how.
#[derive(Clone, Debug)]
struct Outages {
    start: Instant,
    of: [Vec<(u64, u64, Class)>; 3],
}

impl Outages {
    fn at(&self, target: usize, time: Duration) -> Option<Class> {
        let time = u64::try_from(time.as_millis()).unwrap();
        let of = self.of[target].iter();
        of.clone()
            .find(|(from, until, _)| (*from..*until).contains(&time))
            .map(|(_, _, class)| *class)
    }

    /// Whether a target works all the time from then on, for so long.
    fn is_up(&self, from: Duration, time: Duration) -> bool {
        let millis = u64::try_from(time.as_millis()).unwrap();
        (0..3).any(|target| {
            (0..=millis).all(|at| self.at(target, from + Duration::from_millis(at)).is_none())
        })
    }

    async fn answer(&self, target: Target) -> Result<(), Failure> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        match self.at(target.index(), self.start.elapsed()) {
            None => Ok(()),
            Some(class) => Err(Failure::Of(class)),
        }
    }
}

#[resilient(
    failover = ABC,
    context = attempt,
    attempts = 1_000,
    deadline = "30s",
    budget = "none",
    backoff(initial = "100ms", max = "2s", jitter = "none"),
    on(overloaded, initial = "100ms", max = "2s")
)]
async fn ask(outages: &Outages) -> Result<(), Failure> {
    outages.answer(attempt.target()).await
}

#[resilient(failover = ABC, context = attempt, budget = "none")]
async fn ask_by_default(outages: &Outages) -> Result<(), Failure> {
    outages.answer(attempt.target()).await
}

fn outages() -> impl Strategy<Value = [Vec<(u64, u64, Class)>; 3]> {
    let one = (0_u64..60_000, 1_u64..40_000, 0..CLASSES.len())
        .prop_map(|(from, length, class)| (from, from + length, CLASSES[class]));
    let lost = (0..LOST.len()).prop_map(|class| vec![(0, u64::MAX, LOST[class])]);
    let of_target = prop_oneof![
        4 => prop::collection::vec(one, 0..4),
        1 => lost,
    ];
    [of_target.clone(), of_target.clone(), of_target]
}

fn in_simulated_time<F: Future>(test: impl FnOnce() -> F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(resilient_runtime::testing::isolated(async { test().await }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn f378_no_call_fails_while_a_target_can_serve_before_its_deadline(
        of in outages(),
        starts in prop::collection::vec(0_u64..60_000, 1..20),
    ) {
        in_simulated_time(|| async {
            let outages = Outages { start: Instant::now(), of };
            let calls = starts.iter().map(|start| async {
                let start = Duration::from_millis(*start);
                tokio::time::sleep(start).await;
                let result = ask(&outages).await;
                let end = outages.start.elapsed();
                if result.is_err() {
                    let before_end = end.saturating_sub(LONGEST_WAIT + Duration::from_millis(50));
                    let deadline = start + DEADLINE;
                    let is_late = end + LONGEST_WAIT >= deadline;
                    let lasted = Duration::from_millis(6_040);
                    assert!(is_late || !outages.is_up(end, deadline.saturating_sub(end)), "gave up early");
                    assert!(!outages.is_up(before_end, lasted), "{result:?} at {end:?}: {outages:?}");
                }
            });
            futures::future::join_all(calls).await;
        });
    }

    #[test]
    fn call_with_default_settings_succeeds_while_any_target_works(
        mut of in outages(),
        works in 0..3_usize,
        starts in prop::collection::vec(0_u64..60_000, 1..20),
    ) {
        of[works].clear();
        in_simulated_time(|| async {
            let outages = Outages { start: Instant::now(), of };
            let calls = starts.iter().map(|start| async {
                tokio::time::sleep(Duration::from_millis(*start)).await;
                assert_eq!(ask_by_default(&outages).await, Ok(()), "{outages:?}");
            });
            futures::future::join_all(calls).await;
        });
    }
}

/// The property test can fail: a world in which nothing works.
#[resilient_runtime::test(start_paused = true)]
async fn call_fails_at_its_deadline_when_no_target_works() {
    let all = vec![(0, 1_000_000, Class::Connect)];
    let outages = Outages {
        start: Instant::now(),
        of: [all.clone(), all.clone(), all],
    };
    assert!(ask(&outages).await.is_err());
    let end = outages.start.elapsed();
    assert!(end + LONGEST_WAIT >= DEADLINE && end <= DEADLINE, "{end:?}");
}
