//! An attempt is sent when the retry budget and admission let it go, or the call ends before. It is
//! compiled once for each kind of route.

use super::{
    core::Unsent,
    record::{Rare, Record},
    state::Progress,
};
use crate::{
    Rejection, ambient,
    clock::Moment,
    event::Entered,
    route::{CallPolicy as _, QueuedAttempt as _, Route, Sending},
    timer::Timer,
};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

/// Ready when the attempt has been sent.
///
/// # Errors
/// The reason why it is not sent.
#[inline(always)]
pub(super) fn poll_send<U: Route>(
    route: &mut U,
    deadline: Moment,
    record: &mut Record,
    queued: &mut U::Queued,
    timer: Pin<&mut Timer>,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Unsent>> {
    ambient::forget_cut_request();
    let policy = route.policy();
    let mut progress = Progress {
        deadline,
        policy: policy.get(),
        record,
        route,
    };
    let now = if progress.record.failed == 0 {
        progress.now()
    } else {
        match progress.poll_retry(timer, cx) {
            Poll::Ready(Ok(now)) => now,
            Poll::Ready(Err(history)) => return Poll::Ready(Err(Unsent::GaveUp(history))),
            Poll::Pending => {
                // While it waits for the budget, it has no place in the queues of admission.
                *queued = U::Queued::default();
                return Poll::Pending;
            }
        }
    };
    // Admission keeps the deadline of an attempt that it has in a queue.
    let is_late = !deadline.is_unset() && now >= deadline;
    if is_late && !queued.is_waiting() {
        let late = progress.now();
        let rejection = Rejection::deadline(progress.elapsed(late));
        return Poll::Ready(Err(Unsent::Refused(rejection)));
    }
    // The record's state is lent to the route, and the span stays entered meanwhile.
    let rare = record.rare.as_deref();
    let entered = rare.map_or(Entered::NONE, Rare::enter_span);
    let sending = Sending {
        is_first: record.failed == 0,
        deadline,
        now,
    };
    let was_queued = queued.is_waiting();
    let admitted = ready!(route.poll_send(&mut record.route, queued, sending, cx));
    record.sent_at = if was_queued { Moment::now() } else { now };
    drop(entered);
    if record.rare.is_some() && admitted.is_ok() {
        record.begin_attempt();
    }
    Poll::Ready(admitted.map_err(Unsent::Refused))
}
