//! State across attempts and calls: arguments, the schedule, the idempotency key and the context.

use resilient_runtime::{Policy, resilient};
use resilient_tests::{Counter, Failure};
use tokio::time::Instant;

/// F88: a `&mut` argument is the caller's own value, and each attempt sees the changes of the
/// attempts before it.
#[tokio::test(start_paused = true)]
async fn f88_a_mutable_borrow_keeps_the_writes_of_failed_attempts() {
    #[resilient]
    async fn call(log: &mut Vec<usize>) -> Result<usize, Failure> {
        log.push(log.len());
        if log.len() < 3 {
            Err(Failure::status(500))
        } else {
            Ok(log.len())
        }
    }
    let mut log = Vec::new();
    assert_eq!(call(&mut log).await.unwrap(), 3);
    assert_eq!(log, [0, 1, 2]);
}

/// F88: an owned argument is the original value in every attempt.
#[tokio::test(start_paused = true)]
async fn f88_an_owned_argument_is_fresh_in_every_attempt() {
    #[resilient]
    async fn call(mut list: Vec<u32>, counter: &Counter) -> Result<Vec<u32>, Failure> {
        list.push(counter.count());
        if counter.get() < 3 {
            Err(Failure::status(500))
        } else {
            Ok(list)
        }
    }
    assert_eq!(call(vec![9], &Counter::new()).await.unwrap(), [9, 3]);
}

#[tokio::test(start_paused = true)]
async fn f89_every_call_starts_at_its_first_attempt_and_step() {
    const POLICY: Policy = Policy::new().seed(7);
    #[resilient(policy = POLICY, context = attempt)]
    async fn call(seen: &mut Vec<(u32, Instant)>) -> Result<(), Failure> {
        seen.push((attempt.number(), Instant::now()));
        Err(Failure::status(500))
    }
    let run = async || {
        let start = Instant::now();
        let mut seen = Vec::new();
        call(&mut seen).await.unwrap_err();
        seen.into_iter()
            .map(|(number, at)| (number, at - start))
            .collect::<Vec<_>>()
    };
    let first = run().await;
    assert_eq!(
        first.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(run().await, first);
    let (left, right) = tokio::join!(run(), run());
    assert_eq!((left, right), (first.clone(), first));
}

#[tokio::test(start_paused = true)]
async fn the_idempotency_key_is_the_same_in_a_call_and_another_in_the_next() {
    #[resilient(context = attempt)]
    async fn call(keys: &mut Vec<String>) -> Result<(), Failure> {
        keys.push(attempt.idempotency_key().to_string());
        Err(Failure::status(500))
    }
    let (mut first, mut second) = (Vec::new(), Vec::new());
    call(&mut first).await.unwrap_err();
    call(&mut second).await.unwrap_err();
    assert_eq!(first.len(), 5);
    first.dedup();
    second.dedup();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
    let key = first.first().unwrap();
    assert_eq!(key.len(), 36);
    assert_eq!(key.as_bytes().get(14), Some(&b'4'), "{key}");
    assert!(
        matches!(key.as_bytes().get(19), Some(b'8' | b'9' | b'a' | b'b')),
        "{key}"
    );
}

#[tokio::test(start_paused = true)]
async fn context_has_number_previous_class_and_time_left() {
    use resilient_runtime::Class;
    use std::time::Duration;
    #[resilient(attempts = 3, deadline = "10s", backoff(initial = "1s", jitter = "none"), context = attempt)]
    async fn call(
        seen: &mut Vec<(u32, u32, Option<Class>, Option<Duration>)>,
    ) -> Result<(), Failure> {
        seen.push((
            attempt.number(),
            attempt.attempts(),
            attempt.previous(),
            attempt.time_left(),
        ));
        Err(Failure::status(500))
    }
    let mut seen = Vec::new();
    call(&mut seen).await.unwrap_err();
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!(
        seen,
        [
            (1, 3, None, seconds(10)),
            (2, 3, Some(Class::ServerError), seconds(9)),
            (3, 3, Some(Class::ServerError), seconds(7)),
        ]
    );
}
