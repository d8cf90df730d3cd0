//! Stage budget: retries that wait for the retry budget. Takes how attempts end, gives the moment at which a retry may be
//! sent.
//!
//! [`recovery`] decides, as plain arithmetic, by the [`traffic`]; [`state`] is shared by the callers of one upstream, key or function;
//! [`per_call`] is the side of one call.

pub(crate) mod balance;
mod per_call;
mod recovery;
mod settings;
mod state;
mod traffic;
pub(crate) use per_call::CallBudget;
pub(crate) use recovery::RetryTerms;
pub use settings::Budget;
pub(crate) use state::BudgetState;

use crate::{clock::Moment, failure::ReleasedBy};
use std::time::Duration;

/// The answer to a call that asks whether its retry may be sent.
pub(crate) enum Answer {
    /// It may, now.
    Go(ReleasedBy),
    /// Not yet. The call is woken when that changes.
    Wait(Outlook),
}

/// The state of the upstream, as far as it decides how long a call waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlook {
    /// When the call asks again; never, unless it is at the head of the queue or released.
    pub(crate) at: Moment,
    /// The longest that a success or an attempt in flight has taken.
    pub(crate) slowest: Duration,
    /// Whether there was a success since the last failure: the calls that wait are let go one after another.
    pub(crate) is_well: bool,
}
