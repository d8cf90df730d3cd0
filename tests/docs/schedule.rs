//! The schedule in the documentation of a function is that of the runtime.

#[allow(
    dead_code,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    reason = "another crate's file"
)]
#[path = "../../resilient-macros/src/doc/schedule.rs"]
mod copied;

use copied::{Growth, Numbers, Row, Shortest};
use resilient_runtime::{Backoff, BackoffKind, Class, Jitter, Policy};
use std::time::Duration;

const KINDS: [(BackoffKind, Growth); 4] = [
    (BackoffKind::Exponential, Growth::Exponential),
    (BackoffKind::Linear, Growth::Linear),
    (BackoffKind::Fixed, Growth::Fixed),
    (BackoffKind::Decorrelated, Growth::Decorrelated),
];
const JITTERS: [(Jitter, Shortest); 3] = [
    (Jitter::None, Shortest::Step),
    (Jitter::Equal, Shortest::Half),
    (Jitter::Full, Shortest::Nothing),
];

fn explained(policy: &Policy, class: Class, most: usize) -> Vec<Row> {
    let explained = policy.explain(class);
    let rows = explained.attempts().iter().map(|it| Row {
        wait: (it.wait_from, it.wait_to),
        begins: (it.earliest, it.latest),
    });
    rows.take(most).collect()
}

#[test]
fn the_schedule_in_the_documentation_is_that_of_the_runtime() {
    let times = [0, 1, 3, 1_000, 999_999_999, 1_500_000_000, 40_000_000_000];
    let [.., most, longest] = times.map(Duration::from_nanos);
    let limits = [None, Some(most), Some(longest), Some(Duration::MAX)];
    let mut compared = 0;
    for (kind, growth) in KINDS {
        for (jitter, shortest) in JITTERS {
            for initial in times.map(Duration::from_nanos) {
                for max in [most, longest, Duration::MAX] {
                    for factor in [1.0, 1.7, 2.0, 1e9] {
                        for (timeout, deadline) in [0, 1, 2, 3]
                            .into_iter()
                            .flat_map(|at| limits.map(|limit| (limits[at], limit)))
                        {
                            let attempts = 1 + (compared % 11);
                            compared += 1;
                            let mut policy = Policy::new().attempts(attempts);
                            policy.timeout = timeout;
                            policy.deadline = deadline;
                            policy.backoff = Backoff::DEFAULT
                                .kind(kind)
                                .initial(initial)
                                .factor(factor)
                                .max(max)
                                .jitter(jitter);
                            let numbers = Numbers {
                                attempts,
                                timeout,
                                deadline,
                                growth,
                                initial,
                                factor,
                                max,
                                shortest,
                            };
                            let case = format!("{numbers:?}");
                            let rows = explained(&policy, Class::ServerError, 8);
                            assert_eq!(numbers.rows(8), rows, "{case}");
                            let rows = explained(&policy, Class::Overloaded, 8);
                            assert_eq!(numbers.overloaded().rows(8), rows, "overloaded: {case}");
                        }
                    }
                }
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}
