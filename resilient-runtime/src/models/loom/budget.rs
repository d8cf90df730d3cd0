//! Models of the retries that wait for the retry budget.

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

/// The server has recovered, and successes say so just as a call fails: either it is degraded, with the call that has
/// failed, or not at all. It recovers in the end.
#[test]
fn a_failure_at_the_end_of_a_recovery_is_not_forgotten() {
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

/// A server fails for the first time, in two calls at once, while a third succeeds: each of both counts until it ends.
#[test]
fn calls_that_fail_first_at_once_both_count() {
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

/// A success pays for a retry just as its call is dropped: the price comes back, whoever was faster.
#[test]
fn a_price_that_nobody_uses_comes_back() {
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

/// The same, and its place was ahead of another's: that one goes with the price.
#[test]
fn a_price_that_comes_back_pays_for_the_next() {
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

/// A retry that is let go is not sent, while a success pays for the one behind it.
#[test]
fn a_retry_that_is_not_sent_pays_for_the_next() {
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

/// The head of the queue leaves while another call succeeds and the one behind it looks: whatever comes first, that one
/// is told that it is the head.
#[test]
fn the_next_is_told_that_the_head_has_left() {
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
        // Its timer is good for something.
        clock::pass(later(20));
        assert_eq!(next.look(), Some(ReleasedBy::Trial));
        next.call.end();
        call::recovers(state);
    });
}

/// The head goes as a trial, or another call fails before it: the one behind it is told when it is the head.
#[test]
fn the_next_is_told_that_the_head_was_let_go() {
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

/// Two calls of one task wait, and the task looks for the one behind first: it is told when the other one goes.
#[test]
fn calls_of_one_task_tell_each_other() {
    explore(3, || {
        let state = holding(0);
        let task = Arc::new(Woken::default());
        let mut head = Task::of(Call::failed(state), Arc::clone(&task));
        let mut next = Task::of(Call::failed(state), task);
        head.waits();
        next.waits();
        // The trial is due just between the two looks.
        clock::pass(later(20));
        assert_eq!(head.look_again(), Some(ReleasedBy::Trial));
        assert_eq!(next.is_not_stranded(), None);
        head.call.end();
        next.call.end();
        call::recovers(state);
    });
}

/// A retry that starts a little later than another looks too early, as the usual traffic falls: those that its look lets
/// go are told.
#[test]
fn who_looks_before_its_start_tells_those_it_lets_go() {
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
        // Let go too, to start a little later.
        assert_eq!(fourth.is_not_stranded(), None);
        clock::pass(at(4_000));
        assert_eq!(fourth.look(), Some(ReleasedBy::Credit));
        for task in tasks {
            task.call.end();
        }
        call::recovers(state);
    });
}

/// An attempt from before the last recovery ends while the server is degraded again: the attempts of now are in flight
/// all the same, and nobody is alone with the server.
#[test]
fn an_attempt_from_before_a_recovery_ends_no_other() {
    explore(3, || {
        let state = holding(0);
        Call::failed(state).end();
        // As its call, which has not failed, keeps the state from nothing.
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
