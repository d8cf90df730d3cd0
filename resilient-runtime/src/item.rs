//! The reports of calls to the item of a bulk run that makes them: what they wait for, with which
//! class they have failed, and the tokens and the money that they have used. Thread-local while the
//! item is polled. Without the feature `bulk` there are none, and nothing here costs anything.

#[cfg(not(feature = "bulk"))]
mod absent;
#[cfg(feature = "bulk")]
mod present;

#[cfg(not(feature = "bulk"))]
pub(crate) use absent::{costs, failed, is_inside, spends, waits};
#[cfg(feature = "bulk")]
pub(crate) use present::{Wait, costs, failed, is_inside, listen, spends, waits};

use crate::{clock::Moment, statistics::WaitReason};
use std::task::Poll;

/// A call waits for the retry budget, if this is pending.
#[inline(always)]
pub(crate) fn waits_for_budget(polled: Poll<()>) -> Poll<()> {
    if polled.is_pending() {
        waits(WaitReason::Budget, Moment::UNSET);
    }
    polled
}
