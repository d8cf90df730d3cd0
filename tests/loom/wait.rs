//! The runtime's timers: there are none, so nobody's time is ever over.
#![allow(
    dead_code,
    clippy::unused_self,
    reason = "as the sources call it, which use a part of it here"
)]

use crate::clock::Moment;
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::Instant;

pub(crate) fn after(now: Instant, _: Duration) -> Instant {
    now
}

impl Moment {
    pub(crate) fn of(_: Instant) -> Self {
        Self(1_000_000_000)
    }
}

pub(crate) struct Timer;

impl Timer {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn is_set(&self) -> bool {
        true
    }

    pub(crate) fn set(self: Pin<&mut Self>, _: Moment) {}

    pub(crate) fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}
