//! A waiter whose permit another one has taken over, since it was not picked up.

use super::*;
use crate::upstream::concurrency::queue::{Place, Position, WaitQueue};
use std::task::Waker;

/// The third waiter has looked twice, and the permit of the first was not picked up between. The
/// second is not asked: it may not be polled either.
fn pass_over_the_first(limit: &ConcurrencyLimit, tasks: &mut [Task<'_>]) {
    limit.release(None, true);
    assert!(!tasks[2].place.take_over());
    assert!(tasks[2].place.take_over());
    assert_eq!((limit.in_use(), limit.waiting()), (1, 1));
}

#[test]
fn waiter_that_was_passed_over_is_the_next_when_it_is_polled_again() {
    // Its place is kept although the queue is full by then.
    let limit = ConcurrencyLimit::new(Concurrency::new(1).queue(3));
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    pass_over_the_first(&limit, &mut tasks);
    tasks.push(Task::waiting(&limit));
    tasks.push(Task::waiting(&limit));
    assert!(tasks[0].poll().is_pending());
    assert_eq!((limit.in_use(), limit.waiting()), (1, 4));
    for next in [0, 1, 3, 4] {
        limit.release(None, true);
        assert_eq!(tasks[next].poll(), Poll::Ready(Ok(())), "{next}");
    }
    limit.release(None, true);
    assert_eq!((limit.in_use(), limit.waiting()), (0, 0));
}

#[test]
fn waiter_that_was_passed_over_returns_no_permit_when_it_is_dropped() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    pass_over_the_first(&limit, &mut tasks);
    drop(tasks.remove(0));
    assert_eq!((limit.in_use(), limit.waiting()), (1, 1));
    limit.release(None, true);
    assert_eq!(tasks[0].poll(), Poll::Ready(Ok(())));
}

#[test]
fn waiter_that_was_passed_over_takes_a_free_permit_at_once() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    pass_over_the_first(&limit, &mut tasks);
    drop(tasks.remove(1));
    limit.release(None, true);
    assert_eq!(tasks[0].poll(), Poll::Ready(Ok(())));
}

#[test]
fn permit_that_is_picked_up_between_two_looks_is_not_taken_over() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    for first in 0..2 {
        limit.release(None, true);
        assert!(!tasks[2].place.take_over());
        assert_eq!(tasks[first].poll(), Poll::Ready(Ok(())));
        assert!(!tasks[2].place.take_over());
    }
    assert_eq!((limit.in_use(), limit.waiting()), (1, 1));
}

#[test]
fn waiter_that_is_granted_a_permit_again_has_as_much_time_as_before() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..4).map(|_| Task::waiting(&limit)).collect();
    limit.release(None, true);
    assert!(!tasks[3].place.take_over());
    assert!(!tasks[2].place.take_over());
    assert!(tasks[2].place.take_over());
    assert!(tasks[0].poll().is_pending());
    limit.release(None, true);
    assert!(!tasks[3].place.take_over());
    assert_eq!(tasks[0].poll(), Poll::Ready(Ok(())));
}

#[test]
fn several_permits_that_are_not_picked_up_are_taken_over_at_one_look() {
    let limit = limit(3);
    fill(&limit);
    let mut tasks: Vec<_> = (0..6).map(|_| Task::waiting(&limit)).collect();
    for _ in 0..3 {
        limit.release(None, true);
    }
    for looks in [false, true] {
        for task in &mut tasks[3..] {
            assert_eq!(task.place.take_over(), looks);
        }
    }
    assert_eq!((limit.in_use(), limit.waiting()), (3, 0));
}

#[test]
fn f203_waiters_at_the_front_are_served_in_their_order() {
    let mut queue = WaitQueue::new();
    let mut join = |at| queue.push(Waker::noop().clone(), at);
    let [last, first, second] = [Position::Back, Position::Front, Position::Front].map(&mut join);
    for ticket in [first, second, last] {
        assert!(queue.grant().is_some());
        let place = queue.look(ticket, &mut Waker::noop().clone());
        assert_eq!(place, Place::Granted);
    }
}
