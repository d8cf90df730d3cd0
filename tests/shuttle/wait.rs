//! The runtime's timers, without its clock: a thread of the model says that their time has come.
#![allow(dead_code, reason = "a model uses a part of what it includes")]

use crate::clock::Moment;
use shuttle::sync::Mutex;
use std::{
    cell::RefCell,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::time::Instant;

pub(crate) fn after(now: Instant, _: Duration) -> Instant {
    now
}

impl Moment {
    pub(crate) fn of(_: Instant) -> Self {
        Self::now()
    }
}

/// When the timers that are made on this thread are over.
#[derive(Clone, Default)]
pub(crate) struct Alarm(Arc<Mutex<(bool, Option<Waker>)>>);

impl Alarm {
    pub(crate) fn ring(&self) {
        let mut alarm = crate::sync::lock(&self.0);
        alarm.0 = true;
        let waker = alarm.1.take();
        drop(alarm);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(crate) fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut alarm = crate::sync::lock(&self.0);
        if alarm.0 {
            return Poll::Ready(());
        }
        alarm.1 = Some(cx.waker().clone());
        Poll::Pending
    }
}

thread_local! {
    pub(crate) static ALARM: RefCell<Option<Alarm>> = const { RefCell::new(None) };
}

/// Never over, unless there is an alarm.
#[derive(Default)]
pub(crate) struct Timer {
    alarm: Option<Alarm>,
    is_set: bool,
}

impl Timer {
    pub(crate) fn new() -> Self {
        Self {
            alarm: ALARM.with_borrow(Clone::clone),
            is_set: false,
        }
    }

    pub(crate) fn is_set(&self) -> bool {
        self.is_set
    }

    pub(crate) fn set(mut self: Pin<&mut Self>, _: Moment) {
        self.is_set = true;
    }

    pub(crate) fn unset(mut self: Pin<&mut Self>) {
        self.is_set = false;
    }

    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &self.alarm {
            Some(alarm) => alarm.poll(cx),
            None => Poll::Pending,
        }
    }
}
