//! A waiter whose permit was taken back, since it was not picked up.

use super::*;

/// The third waiter has looked twice, and the permit of the first was not picked up between: the
/// second has it.
fn pass_over_the_first(limit: &ConcurrencyLimit, tasks: &mut [Task<'_>]) {
    limit.release(None, true);
    tasks[2].place.look_for_stalled();
    assert!(tasks[1].poll().is_pending());
    tasks[2].place.look_for_stalled();
    assert_eq!(tasks[1].poll(), Poll::Ready(Ok(())));
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
    for next in [0, 2, 3, 4] {
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
    assert_eq!(tasks[1].poll(), Poll::Ready(Ok(())));
}

#[test]
fn waiter_that_was_passed_over_takes_a_free_permit_at_once() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    pass_over_the_first(&limit, &mut tasks);
    drop(tasks.remove(2));
    limit.release(None, true);
    assert_eq!(tasks[0].poll(), Poll::Ready(Ok(())));
}

#[test]
fn permit_that_is_picked_up_between_two_looks_is_not_taken_back() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    for first in 0..2 {
        limit.release(None, true);
        tasks[2].place.look_for_stalled();
        assert_eq!(tasks[first].poll(), Poll::Ready(Ok(())));
        tasks[2].place.look_for_stalled();
    }
    assert_eq!((limit.in_use(), limit.waiting()), (1, 1));
}

#[test]
fn waiter_that_is_granted_a_permit_again_has_as_much_time_as_before() {
    let limit = limit(1);
    fill(&limit);
    let mut tasks: Vec<_> = (0..3).map(|_| Task::waiting(&limit)).collect();
    pass_over_the_first(&limit, &mut tasks);
    assert!(tasks[0].poll().is_pending());
    limit.release(None, true);
    tasks[2].place.look_for_stalled();
    assert_eq!(tasks[0].poll(), Poll::Ready(Ok(())));
}
