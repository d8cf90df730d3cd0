//! Stage budget: retries that wait for the retry budget. Takes how attempts end, gives the moment at which a retry may be
//! sent.
//!
//! [`recovery`] decides, as plain arithmetic; [`state`] is shared by the callers of one upstream, key or function;
//! [`per_call`] is the side of one call.

mod per_call;
mod recovery;
mod state;

pub(crate) use per_call::CallBudget;
pub use recovery::ReleasedBy;
pub(crate) use recovery::Terms;
pub(crate) use state::BudgetState;

use crate::clock::Moment;
use std::time::Duration;

/// The answer to a call that asks whether its retry may be sent.
pub(crate) enum Answer {
    /// It may, now.
    Go(ReleasedBy),
    /// Not yet. The call is woken when that changes.
    Wait(Outlook),
}

/// What a call that waits is to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlook {
    /// When it asks again, if that is set.
    pub(crate) at: Moment,
    /// The longest that a success or an attempt in flight has taken.
    pub(crate) slowest: Duration,
    /// Whether the attempt that ended last has succeeded: those who wait are let go one after another.
    pub(crate) is_well: bool,
}
