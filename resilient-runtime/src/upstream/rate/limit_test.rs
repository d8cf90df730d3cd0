//! The wait queue of a rate limit: order, duration, cancellation.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "test code fails loudly"
)]

use super::{RateLimit, Refused};
use crate::{
    clock::Moment,
    upstream::rate::{Queueing, Rate, gcra::Kind},
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

    /// Takes in its turn, as the only limit of an attempt.
    async fn take(&self, cost: u64, latest: Option<Instant>) -> Result<(), Refused> {
        let _turn = self.turn(None, Queueing::InTurn, cost, latest).await?;
        self.take_first(cost, Moment::now())
    }
}

const LONG: Duration = Duration::from_secs(3_600);

#[expect(clippy::unnecessary_wraps, reason = "the argument of `take`")]
fn within(wait: Duration) -> Option<Instant> {
    Some(Instant::now() + wait)
}

fn poll(future: Pin<&mut impl Future<Output = Result<(), Refused>>>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    future.poll(&mut context).is_ready()
}

async fn take(limit: &RateLimit, cost: u64) -> Result<(), Refused> {
    limit.take(cost, within(LONG)).await
}

fn drained(limit: RateLimit) -> RateLimit {
    let capacity = limit.capacity();
    assert_eq!(limit.try_take(capacity, Moment::now()), Ok(()));
    limit
}

#[tokio::test(start_paused = true)]
async fn queue_is_served_in_order_regardless_of_cost() {
    let limit = Arc::new(drained(RateLimit::tokens(Rate::per_second(100))));
    let start = Instant::now();
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks = [90, 1, 50, 1, 1].map(|cost| {
        let (limit, order) = (Arc::clone(&limit), Arc::clone(&order));
        tokio::spawn(async move {
            take(&limit, cost).await.unwrap();
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
async fn f80_dropped_waiters_leave_no_trace() {
    let limit = drained(RateLimit::requests(Rate::per_second(1)));
    let expected = limit.try_take(1, Moment::now());
    for first_too in [false, true] {
        let mut first = Box::pin(take(&limit, 1));
        assert!(!poll(first.as_mut()));
        let mut waiters: Vec<_> = (0..1_000).map(|_| Box::pin(take(&limit, 1))).collect();
        assert!(waiters.iter_mut().all(|waiter| !poll(waiter.as_mut())));
        let queued = Err(Refused::Wait(Duration::from_secs(1_002)));
        assert_eq!(limit.try_take(1, Moment::now()), queued);
        drop(waiters);
        if first_too {
            drop(first);
            assert_eq!(limit.try_take(1, Moment::now()), expected);
        } else {
            assert_eq!(first.await, Ok(()));
            advance(Duration::from_secs(100)).await;
            drained_again(&limit);
        }
    }
    advance(Duration::from_secs(1)).await;
    assert_eq!(take(&limit, 1).await, Ok(()));
}

fn drained_again(limit: &RateLimit) {
    assert_eq!(limit.level(Moment::now()), 1);
    assert_eq!(limit.try_take(1, Moment::now()), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn f43_waiters_that_time_out_leave_the_queue_in_order() {
    let limit = drained(RateLimit::tokens(Rate::per_second(10)));
    let now = Instant::now();
    let mut first = pin!(take(&limit, 10));
    assert!(!poll(first.as_mut()));
    // It fits at first; then the call before it has to wait longer.
    let deadline = now + Duration::from_millis(1_500);
    let mut second = pin!(limit.take(4, Some(deadline)));
    assert!(!poll(second.as_mut()));
    limit.settle(0, 10, Moment::now());
    let refused = second.await;
    assert!(matches!(refused, Err(Refused::Wait(_))), "{refused:?}");
    assert_eq!(Instant::now(), deadline);
    assert_eq!(first.await, Ok(()));
    assert!(now.elapsed() >= Duration::from_secs(2));
    let alone = Err(Refused::Wait(Duration::from_millis(100)));
    let later = Moment::of(now + Duration::from_secs(2));
    assert_eq!(limit.try_take(1, later), alone);
}

#[tokio::test(start_paused = true)]
async fn wait_beyond_the_deadline_is_rejected_at_once_with_its_length() {
    let limit = drained(RateLimit::requests(Rate::per_second(1)));
    let now = Instant::now();
    let second = Err(Refused::Wait(Duration::from_secs(1)));
    let early = Some(now + Duration::from_millis(999));
    assert_eq!(limit.take(1, early).await, second);
    assert_eq!(limit.take(1, within(Duration::ZERO)).await, second);
    assert_eq!(
        limit.take(1, within(Duration::from_millis(999))).await,
        second
    );
    assert_eq!(
        limit.take(2, within(LONG)).await,
        Err(Refused::Never { capacity: 1 })
    );
    assert_eq!(Instant::now(), now);
    assert_eq!(limit.take(1, None).await, Ok(()));
    assert!(now.elapsed() >= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn changed_limit_applies_to_waiting_calls() {
    let limit = drained(RateLimit::requests(Rate::per_hour(1)));
    let now = Instant::now();
    let mut first = pin!(limit.take(1, within(LONG)));
    let mut second = pin!(limit.take(1, within(LONG * 3)));
    assert!(!poll(first.as_mut()) && !poll(second.as_mut()));
    limit.set(Some(Rate::per_second(10).burst(1)));
    assert_eq!(first.await, Ok(()));
    assert_eq!(second.await, Ok(()));
    assert!(now.elapsed() < Duration::from_secs(1));

    let mut third = pin!(limit.take(1, within(LONG)));
    assert!(!poll(third.as_mut()));
    limit.set(Some(Rate::per_day(1)));
    let mut fourth = pin!(limit.take(1, within(LONG)));
    assert!(poll(fourth.as_mut()), "a day is too long");
    limit.set(None);
    assert_eq!(third.await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn wait_that_grows_beyond_the_deadline_is_rejected() {
    let limit = drained(RateLimit::tokens(Rate::per_second(10)));
    let now = Instant::now();
    let mut first = pin!(limit.take(5, within(Duration::from_secs(1))));
    assert!(!poll(first.as_mut()));
    limit.settle(0, 10, Moment::now());
    let refused = Err(Refused::Wait(Duration::from_millis(1_500)));
    assert_eq!(first.await, refused);
    assert_eq!(Instant::now(), now);
}

#[tokio::test(start_paused = true)]
async fn returned_units_wake_waiting_calls() {
    let limit = drained(RateLimit::new(Some(Rate::per_hour(10)), Kind::Tokens));
    let now = Instant::now();
    let mut first = pin!(take(&limit, 5));
    assert!(!poll(first.as_mut()));
    limit.give_back(4);
    assert!(!poll(first.as_mut()));
    limit.give_back(1);
    assert!(poll(first.as_mut()));
    assert_eq!(Instant::now(), now);
    assert_eq!(limit.level(Moment::now()), 0);
}

#[tokio::test(start_paused = true)]
async fn recovering_rate_shortens_the_wait() {
    let limit = RateLimit::tokens(Rate::per_minute(60));
    for _ in 0..20 {
        limit.throttled(1, Moment::now());
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(take(&limit, 60).await, Ok(()));
    let Err(Refused::Wait(wait)) = limit.try_take(60, Moment::now()) else {
        unreachable!("the bucket is empty");
    };
    assert!(wait > Duration::from_secs(300), "{wait:?}");
    let now = Instant::now();
    assert_eq!(take(&limit, 60).await, Ok(()));
    assert!(now.elapsed() < wait, "{:?} of {wait:?}", now.elapsed());
}

#[tokio::test]
async fn unlimited_rate_permits_everything() {
    static OFF: RateLimit = RateLimit::off();

    assert_eq!(OFF.try_take(u64::MAX, Moment::UNSET), Ok(()));
    assert_eq!(OFF.take(u64::MAX, within(Duration::ZERO)).await, Ok(()));
    assert_eq!(OFF.capacity(), u64::MAX);
}
