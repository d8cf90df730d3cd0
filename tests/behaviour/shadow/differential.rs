//! An upstream in shadow mode beside one without any limit, over random servers and settings.

use super::SECOND;
use futures::future::join_all;
use proptest::prelude::*;
use resilient_runtime::{
    Backoff, Breaker, Budget, Class, Classification, Concurrency, Jitter, Policy, Rate, ServerWait,
    Upstream, WaitOrigin, call,
};
use resilient_tests::{Failure, in_paused_time};
use std::{cell::RefCell, time::Duration};
use tokio::time::{Instant, sleep};

/// A call: its start, its cost, and the answers to its attempts; a success afterwards.
#[derive(Clone, Debug)]
struct Caller {
    starts: u64,
    cost: u64,
    answers: Vec<(u64, u16, Option<u64>)>,
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let status = prop::sample::select(vec![200_u16, 400, 429, 500, 503, 408]);
    let answer = (0_u64..3_000, status, prop::option::of(0_u64..20));
    let answers = prop::collection::vec(answer, 0..5);
    let caller = (0_u64..20_000, 0_u64..200, answers);
    let caller = caller.prop_map(|(starts, cost, answers)| Caller {
        starts,
        cost,
        answers,
    });
    prop::collection::vec(caller, 1..30)
}

/// The moment and the class of each call's end, and the moments of its attempts.
type Record = Vec<(u128, Option<Class>, Vec<u128>)>;

fn run(upstream: &Upstream, policy: Policy, callers: &[Caller]) -> Record {
    in_paused_time(async {
        let start = Instant::now();
        let calls = callers.iter().map(|caller| async move {
            sleep(Duration::from_millis(caller.starts)).await;
            let attempts = RefCell::new(Vec::new());
            let mut answers = caller.answers.iter();
            let call = call!(
                upstream = upstream,
                cost = caller.cost,
                policy = policy,
                async {
                    attempts.borrow_mut().push(start.elapsed().as_millis());
                    let Some((takes, status, wait)) = answers.next() else {
                        return Ok(());
                    };
                    sleep(Duration::from_millis(*takes)).await;
                    if *status == 200 {
                        return Ok(());
                    }
                    let mut failure = Classification::of_status(*status);
                    if let Some(wait) = wait {
                        let wait = Duration::from_secs(*wait);
                        failure = failure.wait(ServerWait::new(wait, WaitOrigin::RetryAfter));
                    }
                    Err(Failure::from(failure))
                }
            );
            let outcome: Result<(), Failure> = call.await;
            let class = outcome.err().map(|failure| failure.class());
            (start.elapsed().as_millis(), class, attempts.take())
        });
        join_all(calls).await
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn in_shadow_every_attempt_is_made_when_it_would_be_made_without_limits(
        callers in callers(),
        limit in 1_u32..4,
        rate in 1_u64..60,
        consecutive in 1_u32..5,
        gate: bool,
        deadline in prop::option::of(1_u64..60),
    ) {
        let backoff = Backoff::exponential(SECOND).jitter(Jitter::None);
        let mut policy = Policy::new().attempts(4).backoff(backoff);
        if let Some(deadline) = deadline {
            policy = policy.deadline(Duration::from_secs(deadline));
        }
        let shadow = Upstream::new("shadow")
            .requests(Rate::per_minute(rate))
            .tokens(Rate::per_minute(rate).burst(100))
            .concurrency(Concurrency::new(limit).queue(1))
            .breaker(Breaker::new().consecutive(consecutive))
            .gate(gate)
            .shadow(true);
        let free = Upstream::new("free");
        let expected = run(&free, policy.budget(Budget::NONE), &callers);
        let made = run(&shadow, policy, &callers);
        prop_assert_eq!(made, expected);
        let snapshot = shadow.snapshot();
        prop_assert_eq!(snapshot.in_use, Some(0));
        prop_assert_eq!(snapshot.waiting_retries, 0);
        prop_assert_eq!((snapshot.counts.refused, snapshot.counts.queued), (0, 0));
    }
}
