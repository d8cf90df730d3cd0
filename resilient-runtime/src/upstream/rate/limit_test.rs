//! Who waits, how long, and in which order.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use super::{RateLimit, Refused};
use crate::{
    clock::Moment,
    upstream::rate::{Rate, gcra::Kind},
};
use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Waker},
    time::Duration,
};
use tokio::time::{Instant, advance, sleep};

impl RateLimit {
    const fn off() -> Self {
        Self::new(None, Kind::Requests)
    }

    const fn requests(rate: Rate) -> Self {
        Self::new(Some(rate), Kind::Requests)
    }

    const fn tokens(rate: Rate) -> Self {
        Self::new(Some(rate), Kind::Tokens)
    }
}

const LONG: Duration = Duration::from_secs(3_600);

#[expect(clippy::unnecessary_wraps, reason = "what `take` takes")]
fn within(wait: Duration) -> Option<Instant> {
    Some(Instant::now() + wait)
}

fn poll(future: Pin<&mut impl Future<Output = Result<(), Refused>>>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    future.poll(&mut context).is_ready()
}

async fn take(bucket: &RateLimit, cost: u64) -> Result<(), Refused> {
    bucket.take(cost, within(LONG)).await
}

fn drained(bucket: RateLimit) -> RateLimit {
    let capacity = bucket.capacity();
    assert_eq!(bucket.try_take(capacity, Moment::now()), Ok(()));
    bucket
}

#[tokio::test(start_paused = true)]
async fn who_comes_first_goes_first_whatever_it_costs() {
    let bucket = Arc::new(drained(RateLimit::tokens(Rate::per_second(100))));
    let start = Instant::now();
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks = [90, 1, 50, 1, 1].map(|cost| {
        let (bucket, order) = (Arc::clone(&bucket), Arc::clone(&order));
        tokio::spawn(async move {
            take(&bucket, cost).await.unwrap();
            order
                .lock()
                .unwrap()
                .push((cost, start.elapsed().as_millis()));
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    let order = order.lock().unwrap().clone();
    let expected = [(90, 900), (1, 910), (50, 1_410), (1, 1_420), (1, 1_430)];
    for ((cost, at), (expected_cost, expected_at)) in order.iter().zip(expected) {
        assert_eq!(*cost, expected_cost, "{order:?}");
        // Tokio's timers are late by a millisecond.
        assert!((expected_at..=expected_at + 2).contains(at), "{order:?}");
    }
    assert_eq!(order.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn f80_waiters_that_are_dropped_leave_no_trace() {
    let bucket = drained(RateLimit::requests(Rate::per_second(1)));
    let expected = bucket.try_take(1, Moment::now());
    for first_too in [false, true] {
        let mut first = Box::pin(take(&bucket, 1));
        assert!(!poll(first.as_mut()));
        let mut waiters: Vec<_> = (0..1_000).map(|_| Box::pin(take(&bucket, 1))).collect();
        assert!(waiters.iter_mut().all(|waiter| !poll(waiter.as_mut())));
        let queued = Err(Refused::Wait(Duration::from_secs(1_002)));
        assert_eq!(bucket.try_take(1, Moment::now()), queued);
        drop(waiters);
        if first_too {
            drop(first);
            assert_eq!(bucket.try_take(1, Moment::now()), expected);
        } else {
            assert_eq!(first.await, Ok(()));
            advance(Duration::from_secs(100)).await;
            drained_again(&bucket);
        }
    }
    advance(Duration::from_secs(1)).await;
    assert_eq!(take(&bucket, 1).await, Ok(()));
}

fn drained_again(bucket: &RateLimit) {
    assert_eq!(bucket.level(Moment::now()), 1);
    assert_eq!(bucket.try_take(1, Moment::now()), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn f43_waiters_whose_time_is_over_leave_the_line_in_order() {
    let bucket = drained(RateLimit::tokens(Rate::per_second(10)));
    let now = Instant::now();
    let mut first = pin!(take(&bucket, 10));
    assert!(!poll(first.as_mut()));
    // It fits when it comes; then the one before has to wait longer.
    let deadline = now + Duration::from_millis(1_500);
    let mut second = pin!(bucket.take(4, Some(deadline)));
    assert!(!poll(second.as_mut()));
    bucket.settle(0, 10, Moment::now());
    let refused = second.await;
    assert!(matches!(refused, Err(Refused::Wait(_))), "{refused:?}");
    assert_eq!(Instant::now(), deadline);
    assert_eq!(first.await, Ok(()));
    assert!(now.elapsed() >= Duration::from_secs(2));
    let alone = Err(Refused::Wait(Duration::from_millis(100)));
    let later = Moment::of(now + Duration::from_secs(2));
    assert_eq!(bucket.try_take(1, later), alone);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_outlasts_the_deadline_is_refused_at_once_with_the_wait() {
    let bucket = drained(RateLimit::requests(Rate::per_second(1)));
    let now = Instant::now();
    let second = Err(Refused::Wait(Duration::from_secs(1)));
    let early = Some(now + Duration::from_millis(999));
    assert_eq!(bucket.take(1, early).await, second);
    assert_eq!(bucket.take(1, within(Duration::ZERO)).await, second);
    assert_eq!(
        bucket.take(1, within(Duration::from_millis(999))).await,
        second
    );
    assert_eq!(
        bucket.take(2, within(LONG)).await,
        Err(Refused::Never { capacity: 1 })
    );
    assert_eq!(Instant::now(), now);
    assert_eq!(bucket.take(1, None).await, Ok(()));
    assert!(now.elapsed() >= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_changes_reaches_who_sleeps() {
    let bucket = drained(RateLimit::requests(Rate::per_hour(1)));
    let now = Instant::now();
    let mut first = pin!(bucket.take(1, within(LONG)));
    let mut second = pin!(bucket.take(1, within(LONG * 3)));
    assert!(!poll(first.as_mut()) && !poll(second.as_mut()));
    bucket.set(Some(Rate::per_second(10).burst(1)));
    assert_eq!(first.await, Ok(()));
    assert_eq!(second.await, Ok(()));
    assert!(now.elapsed() < Duration::from_secs(1));

    let mut third = pin!(bucket.take(1, within(LONG)));
    assert!(!poll(third.as_mut()));
    bucket.set(Some(Rate::per_day(1)));
    let mut fourth = pin!(bucket.take(1, within(LONG)));
    assert!(poll(fourth.as_mut()), "a day is too long");
    bucket.set(None);
    assert_eq!(third.await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_becomes_too_long_is_noticed_when_it_does() {
    let bucket = drained(RateLimit::tokens(Rate::per_second(10)));
    let now = Instant::now();
    let mut first = pin!(bucket.take(5, within(Duration::from_secs(1))));
    assert!(!poll(first.as_mut()));
    bucket.settle(0, 10, Moment::now());
    let refused = Err(Refused::Wait(Duration::from_millis(1_500)));
    assert_eq!(first.await, refused);
    assert_eq!(Instant::now(), now);
}

#[tokio::test(start_paused = true)]
async fn what_is_given_back_wakes_who_sleeps() {
    let bucket = drained(RateLimit::new(Some(Rate::per_hour(10)), Kind::Tokens));
    let now = Instant::now();
    let mut first = pin!(take(&bucket, 5));
    assert!(!poll(first.as_mut()));
    bucket.give_back(4);
    assert!(!poll(first.as_mut()));
    bucket.give_back(1);
    assert!(poll(first.as_mut()));
    assert_eq!(Instant::now(), now);
    assert_eq!(bucket.level(Moment::now()), 0);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_rate_that_recovers_is_noticed_during_the_sleep() {
    let bucket = RateLimit::tokens(Rate::per_minute(60));
    for _ in 0..20 {
        bucket.throttled(Moment::now());
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(take(&bucket, 60).await, Ok(()));
    let Err(Refused::Wait(wait)) = bucket.try_take(60, Moment::now()) else {
        unreachable!("the bucket is empty");
    };
    assert!(wait > Duration::from_secs(300), "{wait:?}");
    let now = Instant::now();
    assert_eq!(take(&bucket, 60).await, Ok(()));
    assert!(now.elapsed() < wait, "{:?} of {wait:?}", now.elapsed());
}

#[tokio::test]
async fn without_a_limit_everything_goes() {
    static OFF: RateLimit = RateLimit::off();

    assert_eq!(OFF.try_take(u64::MAX, Moment::UNSET), Ok(()));
    assert_eq!(OFF.take(u64::MAX, within(Duration::ZERO)).await, Ok(()));
    assert_eq!(OFF.capacity(), u64::MAX);
}
