//! The time limit of an attempt.

use crate::{
    clock::Moment,
    route::{CallPolicy, Route},
    timer::{self, Timer},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::Instant;

/// Ready when the attempt, which has something to wait for, has taken too long. Its time is set
/// when it first has to wait.
#[inline(always)]
pub(super) fn poll_bound(
    route: &mut impl Route,
    has_timeout: bool,
    deadline: Moment,
    mut timer: Pin<&mut Timer>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    if !timer.is_set() {
        let timeout = if has_timeout {
            route.policy().get().timeout()
        } else {
            None
        };
        let Some((now, at)) = attempt_ends(timeout, deadline) else {
            route.start_clock();
            return Poll::Pending;
        };
        route.started(now);
        timer.as_mut().set_instant(at);
    }
    timer.poll(cx)
}

/// Now, and when the attempt that has just had to wait for something is to be cut, if ever.
fn attempt_ends(timeout: Option<Duration>, deadline: Moment) -> Option<(Instant, Instant)> {
    let deadline = deadline.instant();
    if timeout.is_none() && deadline.is_none() {
        return None;
    }
    let now = Instant::now();
    let timeout = timeout.map(|timeout| timer::after(now, timeout));
    let at = match (timeout, deadline) {
        (Some(timeout), Some(deadline)) => timeout.min(deadline),
        (Some(at), None) | (None, Some(at)) => at,
        (None, None) => return None,
    };
    Some((now, at))
}
