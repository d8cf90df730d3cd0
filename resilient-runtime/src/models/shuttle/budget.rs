//! Models of calls deferred by the retry budget until they are woken. Only the head of the queue,
//! or a retry with a start time, sets a timer: if another one is not woken, the model never ends,
//! which shuttle reports as a failure.

use super::{explore, join};
use crate::{
    budget::{BudgetState, Outlook, RetryAnswer},
    clock::Moment,
    failure::ReleasedBy,
    models::{
        call::{self, Call},
        clock,
    },
    sync::{Alarm, Mutex, lock},
};
use shuttle::{
    future::block_on,
    rand::{Rng, thread_rng},
    sync::Condvar,
    thread,
};
use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::PoisonError,
    task::{Context, Poll, Waker},
    time::Duration,
};

const ORDERS: usize = 10_000;

/// The timers of a model, and their times: the time advances when the thread that runs them gets
/// its turn.
#[derive(Default)]
struct Clock {
    timers: Mutex<Timers>,
    changed: Condvar,
}

#[derive(Default)]
struct Timers {
    set: BTreeMap<usize, (Moment, Waker)>,
    is_over: bool,
}

impl Clock {
    /// Each call has one timer.
    fn set(&self, number: usize, at: Moment, waker: &Waker) {
        let mut timers = lock(&self.timers);
        if at.is_unset() {
            timers.set.remove(&number);
        } else {
            timers.set.insert(number, (at, waker.clone()));
        }
        self.changed.notify_all();
    }

    fn end(&self) {
        lock(&self.timers).is_over = true;
        self.changed.notify_all();
    }

    fn run(&self) {
        loop {
            let mut timers = lock(&self.timers);
            let earliest = loop {
                if timers.is_over {
                    return;
                }
                let set = timers.set.iter();
                if let Some((number, _)) = set.min_by_key(|(_, (at, _))| *at) {
                    break *number;
                }
                timers = self
                    .changed
                    .wait(timers)
                    .unwrap_or_else(PoisonError::into_inner);
            };
            let timer = timers.set.remove(&earliest);
            drop(timers);
            if let Some((at, waker)) = timer {
                clock::pass(at);
                waker.wake();
            }
        }
    }
}

/// The state that all calls of a model share.
struct UpstreamState {
    state: BudgetState,
    clock: Clock,
}

impl UpstreamState {
    /// With a balance of this many deposits.
    ///
    /// Leaked, so that calls on all threads may refer to it.
    fn holding(units: u32) -> &'static Self {
        clock::set(clock::START);
        Box::leak(Box::new(Self {
            state: call::holding(units),
            clock: Clock::default(),
        }))
    }

    /// Waits until the retry is released; `None` if the call was dropped before.
    fn wait(&self, call: &mut Call<'_>, number: usize, cancelled: &Alarm) -> Option<ReleasedBy> {
        let by = block_on(poll_fn(|cx| {
            if cancelled.poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            match call.ask(cx) {
                RetryAnswer::Go(by) => Poll::Ready(Some(by)),
                RetryAnswer::Wait(Outlook { at, .. }) => {
                    self.clock.set(number, at, cx.waker());
                    Poll::Pending
                }
            }
        }));
        self.clock.set(number, Moment::UNSET, Waker::noop());
        by
    }

    /// A call from its first failure to its end: each of its retries succeeds, fails or is dropped,
    /// before it is sent or after.
    fn run(&self, number: usize, cancelled: &Alarm) {
        let mut call = Call::failed(&self.state);
        for _ in 0..3 {
            if self.wait(&mut call, number, cancelled).is_none() {
                break;
            }
            match thread_rng().gen_range(0..6) {
                0 => break,
                1 => {
                    call.send();
                    break;
                }
                2 => {
                    call.send();
                    call.fail(true);
                    break;
                }
                3 => {
                    call.send();
                    return call.succeed();
                }
                4 => {
                    call.send();
                    thread::yield_now();
                    call.fail(false);
                }
                _ => {
                    call.send();
                    thread::yield_now();
                    call.fail_and_ask();
                }
            }
        }
        call.end();
    }
}

/// Runs a model with its clock until `calls` have ended; the server must have recovered then.
fn with_clock(shared: &'static UpstreamState, calls: impl FnOnce()) {
    let clock = thread::spawn(|| shared.clock.run());
    calls();
    shared.clock.end();
    join(clock);
    call::recovers(&shared.state);
}

/// Calls are deferred, released, retry and end in any way, one of them is cancelled, and another
/// call succeeds meanwhile: each call ends, and the server has recovered after the last.
#[test]
fn every_deferred_retry_is_woken() {
    for units in [0, 9] {
        explore(ORDERS, move || {
            let shared = UpstreamState::holding(units);
            with_clock(shared, || {
                let alarms = [(); 4].map(|()| Alarm::default());
                let cancelled = alarms[0].clone();
                let mut threads: Vec<_> = (0..)
                    .zip(alarms)
                    .map(|(number, alarm)| thread::spawn(move || shared.run(number, &alarm)))
                    .collect();
                threads.push(thread::spawn(move || {
                    call::succeed(&shared.state);
                    cancelled.ring();
                    call::succeed(&shared.state);
                }));
                threads.into_iter().for_each(join);
            });
        });
    }
}

/// A server with much traffic recovers, and its credits release several retries at once, as its
/// traffic falls.
#[test]
fn every_retry_of_a_joint_release_is_woken() {
    explore(ORDERS, || {
        let shared = UpstreamState::holding(4);
        Call::failed(&shared.state).end();
        let busy = [(); 24].map(|()| Call::sent(&shared.state));
        busy.into_iter().for_each(Call::end);
        // From here on the traffic falls.
        clock::pass(clock::START.after(Duration::from_millis(3_550)));
        with_clock(shared, || {
            let mut threads: Vec<_> = (0..5)
                .map(|number| thread::spawn(move || shared.run(number, &Alarm::default())))
                .collect();
            threads.push(thread::spawn(|| {
                for millis in [3_600, 3_740, 3_900] {
                    call::succeed(&shared.state);
                    clock::pass(clock::START.after(Duration::from_millis(millis)));
                }
            }));
            threads.into_iter().for_each(join);
        });
    });
}

/// Without a refill, successes pay for deferred retries, and calls are dropped before their retry
/// is released, before it is sent or after: the balance is the deposits less the price of the
/// retries sent.
#[test]
fn unused_prices_are_refunded() {
    const PRICE: f64 = 5.0;
    explore(ORDERS, || {
        let shared = UpstreamState::holding(3);
        let calls = [(); 3].map(|()| (Call::failed(&shared.state), Alarm::default()));
        let alarms = calls.each_ref().map(|(_, cancelled)| cancelled.clone());
        let calls = calls.map(|(mut call, cancelled)| {
            let answer = call.ask(&Context::from_waker(Waker::noop()));
            assert!(matches!(answer, RetryAnswer::Wait(_)));
            (call, cancelled)
        });
        let calls = calls.map(|(mut call, cancelled)| {
            thread::spawn(move || {
                let by = shared.wait(&mut call, 0, &cancelled);
                let is_sent = by.is_some() && thread_rng().gen_bool(0.5);
                thread::yield_now();
                if is_sent {
                    call.send();
                    if thread_rng().gen_bool(0.5) {
                        call.fail(false);
                    }
                }
                call.end();
                is_sent && by == Some(ReleasedBy::Balance)
            })
        });
        let earning = [(); 2].map(|()| {
            thread::spawn(|| {
                for _ in 0..4 {
                    call::succeed(&shared.state);
                }
            })
        });
        earning.into_iter().for_each(join);
        alarms.iter().for_each(Alarm::ring);
        let paid: f64 = calls
            .map(join)
            .iter()
            .map(|is_paid| if *is_paid { PRICE } else { 0.0 })
            .sum();
        let balance = call::balance(&shared.state);
        assert!(
            (balance + paid - 11.0).abs() < 1e-9,
            "{balance} is left, {paid} was paid"
        );
        call::recovers(&shared.state);
    });
}
