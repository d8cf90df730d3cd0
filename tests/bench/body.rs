//! The call of all subjects: an answer by script, one error type, and the same settings.
#![allow(dead_code, reason = "not every bench uses all of it")]

use crate::count::Calls;
use resilient_runtime::{Class, Classification, Classify, Rejection};
use std::{
    cell::Cell,
    fmt,
    future::poll_fn,
    hint::black_box,
    pin::pin,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::time::sleep;

pub(crate) const ATTEMPTS: usize = 5;
pub(crate) const TIMEOUT: Duration = Duration::from_mins(1);
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// The answers of one call, over and over: the last one ends the call, so that the next starts
/// anew.
#[derive(Debug)]
pub(crate) struct Script {
    answers: &'static [Answer],
    turn: Cell<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Reply,
    /// The same after one `Pending`.
    LateReply,
    /// A failure that a retry can heal.
    Busy,
    /// One that it cannot.
    Refusal,
}

impl Script {
    pub(crate) fn new(answers: &'static [Answer]) -> Self {
        Self {
            answers,
            turn: Cell::new(0),
        }
    }

    fn next(&self) -> Answer {
        let turn = self.turn.get();
        let following = turn + 1;
        self.turn.set(if following == self.answers.len() {
            0
        } else {
            following
        });
        self.answers[turn]
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    Busy,
    Refused,
    TimedOut,
}

impl Failure {
    pub(crate) fn can_heal(self) -> bool {
        matches!(self, Self::Busy | Self::TimedOut)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Failure {}

impl Classify for Failure {
    fn classify(&self) -> Classification {
        Classification::new(match self {
            Self::Busy => Class::ServerError,
            Self::Refused => Class::InvalidRequest,
            Self::TimedOut => Class::Timeout,
        })
    }
}

impl From<Rejection> for Failure {
    fn from(_: Rejection) -> Self {
        Self::TimedOut
    }
}

/// A body that peers repeat, without a future of its own around it.
pub(crate) trait Body: Copy {
    /// Between attempts.
    const DELAY: Duration;

    fn attempt(self) -> impl Future<Output = Result<u32, Failure>>;
}

impl Body for &Script {
    const DELAY: Duration = Duration::ZERO;

    fn attempt(self) -> impl Future<Output = Result<u32, Failure>> {
        fetch(self)
    }
}

/// Waits in backoff.
impl Body for &AtomicU32 {
    const DELAY: Duration = HOUR;

    fn attempt(self) -> impl Future<Output = Result<u32, Failure>> {
        fail(self)
    }
}

pub(crate) async fn bare(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

/// What the body of every subject awaits.
pub(crate) async fn fetch(script: &Script) -> Result<u32, Failure> {
    match script.next() {
        Answer::Reply => {}
        Answer::LateReply => pending_once().await,
        Answer::Busy => return Err(Failure::Busy),
        Answer::Refusal => return Err(Failure::Refused),
    }
    Ok(black_box(7))
}

/// The body of calls that wait in backoff, which fails at once: [`fetch`] is not `Send`. Its future
/// is as large.
pub(crate) async fn fail(failed: &AtomicU32) -> Result<u32, Failure> {
    failed.fetch_add(1, Relaxed);
    if black_box(false) {
        pending_once().await;
    }
    Err(Failure::Busy)
}

pub(crate) async fn pending_once() {
    let mut waited = false;
    poll_fn(|cx: &mut Context<'_>| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Tokio's shortest sleep is a millisecond; nobody sleeps for nothing.
pub(crate) async fn pause(delay: Duration) {
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

/// Makes so many calls, each polled without the runtime, whose own work is not to be counted.
pub(crate) fn calls<F: Future + 'static>(
    answers: &'static [Answer],
    call: impl Fn(&'static Script) -> F + 'static,
) -> Calls {
    let script: &'static Script = Box::leak(Box::new(Script::new(answers)));
    Box::new(move |times| {
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..times {
            let mut future = pin!(call(black_box(script)));
            let result = loop {
                if let Poll::Ready(result) = future.as_mut().poll(&mut cx) {
                    break result;
                }
            };
            black_box(&result);
        }
    })
}
