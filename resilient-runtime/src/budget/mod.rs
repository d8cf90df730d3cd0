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
    /// Not yet. The call is woken when that changes, and asks again at `at` if that is set.
    Wait {
        at: Moment,
        /// The longest that a success or an attempt in flight has taken.
        slowest: Duration,
    },
}
