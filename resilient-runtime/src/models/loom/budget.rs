//! Models of retries deferred by the retry budget.

use super::{
    explore,
    task::{Task, Woken, holding, two_wait},
};
use crate::{
    clock::Moment,
    failure::ReleasedBy,
    models::{
        call::{self, Call},
        clock,
    },
};
use loom::thread;
use std::{sync::Arc, time::Duration};

fn later(seconds: u64) -> Moment {
    clock::START.after(Duration::from_secs(seconds))
}

/// The server recovers, by successes, while a call fails: it is either degraded, with the failed
/// call counted, or not at all. It recovers in the end.
#[test]
fn failure_at_the_end_of_a_recovery_is_counted() {
    explore(3, || {
        let state = holding(20);
        Call::failed(state).end();
        clock::pass(later(4));
        let failing = thread::spawn(move || Call::failed(state));
        let succeeding = thread::spawn(move || call::succeed(state));
        call::succeed(state);
        succeeding.join().unwrap();
        let call = failing.join().unwrap();
        assert!(state.is_degraded(), "the failure is forgotten");
        call.end();
        call::recovers(state);
    });
}

/// A server fails for the first time, in two calls at once, while a third succeeds: both count
/// until they end.
#[test]
fn concurrent_first_failures_both_count() {
    explore(3, || {
        let state = holding(20);
        let failing = [(); 2].map(|()| thread::spawn(move || Call::failed(state)));
        call::succeed(state);
        let [first, second] = failing.map(|thread| thread.join().unwrap());
        clock::pass(later(4));
        for call in [first, second] {
            call::succeed(state);
            assert!(state.is_degraded(), "a call that has failed runs on");
            call.end();
        }
        call::recovers(state);
    });
}

/// A success pays for a retry while its call is dropped: the price is refunded in either order.
#[test]
fn unused_price_is_refunded() {
    explore(3, || {
        let state = holding(4);
        let (mut head, other) = (Task::failed(state), Call::failed(state));
        head.waits();
        let leaving = thread::spawn(move || head.call.end());
        call::succeed(state);
        leaving.join().unwrap();
        other.end();
        assert!((call::balance(state) - 5.0).abs() < f64::EPSILON);
        call::recovers(state);
    });
}

/// The same, with another retry queued behind it: the price pays for that one.
#[test]
fn refunded_price_pays_for_the_next_retry() {
    explore(3, || {
        let state = holding(4);
        let (head, mut next) = two_wait(state);
        let leaving = thread::spawn(move || head.call.end());
        call::succeed(state);
        leaving.join().unwrap();
        assert_eq!(next.is_not_stranded(), Some(ReleasedBy::Balance));
        assert!(call::balance(state).abs() < f64::EPSILON);
        next.call.end();
        assert!((call::balance(state) - 5.0).abs() < f64::EPSILON);
        call::recovers(state);
    });
}

/// A released retry is not sent, while a success pays for the one behind it.
#[test]
fn unsent_retry_pays_for_the_next() {
    explore(3, || {
        let state = holding(4);
        let (mut head, mut next) = two_wait(state);
        let leaving = thread::spawn(move || {
            let by = head.look();
            head.call.end();
            by
        });
        call::succeed(state);
        leaving.join().unwrap();
        assert_eq!(next.is_not_stranded(), Some(ReleasedBy::Balance));
        next.call.end();
        assert!((call::balance(state) - 5.0).abs() < f64::EPSILON);
        call::recovers(state);
    });
}

/// The head of the queue leaves while another call succeeds and the next one looks: in any order,
/// the next one is woken as the new head.
#[test]
fn next_retry_is_woken_when_the_head_leaves() {
    explore(3, || {
        let state = holding(0);
        let (head, mut next) = two_wait(state);
        let leaving = thread::spawn(move || head.call.end());
        let looking = thread::spawn(move || {
            next.look_again();
            next
        });
        call::succeed(state);
        leaving.join().unwrap();
        let mut next = looking.join().unwrap();
        assert_eq!(next.is_not_stranded(), None);
        // Its timer can fire.
        clock::pass(later(20));
        assert_eq!(next.look(), Some(ReleasedBy::Trial));
        next.call.end();
        call::recovers(state);
    });
}

/// The head is released as a trial, or another call fails before it: the next one is woken when it
/// becomes the head.
#[test]
fn next_retry_is_woken_when_the_head_is_released() {
    explore(3, || {
        let state = holding(0);
        let (mut head, mut next) = two_wait(state);
        clock::pass(later(20));
        let going = thread::spawn(move || (head.look(), head));
        let other = Call::failed(state);
        let (by, head) = going.join().unwrap();
        if by.is_some() {
            assert_eq!(next.is_not_stranded(), None);
        } else {
            // The failure came first, and the trial has to wait.
            assert!(head.is_timed);
        }
        other.end();
        head.call.end();
        assert_eq!(next.is_not_stranded(), None);
        next.call.end();
        call::recovers(state);
    });
}

/// Two calls of one task wait, and the task polls the second first: it is woken when the first is
/// released.
#[test]
fn calls_of_one_task_wake_each_other() {
    explore(3, || {
        let state = holding(0);
        let task = Arc::new(Woken::default());
        let mut head = Task::of(Call::failed(state), Arc::clone(&task));
        let mut next = Task::of(Call::failed(state), task);
        head.waits();
        next.waits();
        // The trial becomes due between the two polls.
        clock::pass(later(20));
        assert_eq!(head.look_again(), Some(ReleasedBy::Trial));
        assert_eq!(next.is_not_stranded(), None);
        head.call.end();
        next.call.end();
        call::recovers(state);
    });
}

/// A retry with a delayed start looks too early, as the usual traffic falls: the retries released
/// by that look are woken.
#[test]
fn look_before_the_start_wakes_the_retries_it_releases() {
    explore(3, || {
        let state = holding(4);
        let at = |millis| clock::START.after(Duration::from_millis(millis));
        // Degraded.
        Call::failed(state).end();
        let busy = [(); 26].map(|()| Call::sent(state));
        let mut tasks = [(); 4].map(|()| Task::sent(state));
        for call in busy {
            call.end();
        }
        clock::pass(at(3_550));
        for task in &mut tasks {
            task.call.fail(false);
        }
        for task in &mut tasks {
            task.waits();
        }
        clock::pass(at(3_600));
        state.balance.refund(5_000);
        call::succeed(state);
        let [first, second, third, fourth] = &mut tasks;
        assert_eq!(first.look(), Some(ReleasedBy::Balance));
        third.waits();
        clock::pass(at(3_740));
        assert_eq!(second.look(), None);

        assert!(second.is_timed);
        assert_eq!(third.is_not_stranded(), Some(ReleasedBy::Credit));
        // Released too, to start a little later.
        assert_eq!(fourth.is_not_stranded(), None);
        clock::pass(at(4_000));
        assert_eq!(fourth.look(), Some(ReleasedBy::Credit));
        for task in tasks {
            task.call.end();
        }
        call::recovers(state);
    });
}

/// An attempt from before the last recovery ends while the server is degraded again: the current
/// attempts remain in flight, and no call is alone with the server.
#[test]
fn attempt_from_before_a_recovery_ends_no_other() {
    explore(3, || {
        let state = holding(0);
        Call::failed(state).end();
        // Like its call, which has not failed, and does not keep the state alive.
        let slow = Call::sent(state);
        clock::pass(later(4));
        call::recovers(state);
        call::take(state, 20);
        Call::failed(state).end();
        let in_flight = Call::sent(state);
        let ending = thread::spawn(move || slow.end());
        ending.join().unwrap();
        clock::pass(later(20));
        let mut call = Task::failed(state);
        call.waits();
        in_flight.end();
        call.call.end();
    });
}
