//! The retry budget: decides whether a retry is sent, or deferred until when.
//!
//! [`release`] decides by plain arithmetic, on the measurements of [`recovery`], [`traffic`] and
//! [`in_flight`]; [`state`] is shared by the callers of one upstream, key or function; [`per_call`]
//! is the part of one call.

pub(crate) mod balance;
mod in_flight;
mod per_call;
mod recovery;
mod release;
mod settings;
mod state;
mod terms;
mod traffic;
pub(crate) use per_call::CallBudget;
pub use settings::Budget;
pub(crate) use state::BudgetState;
pub(crate) use terms::RetryTerms;

use crate::{Class, Classification, clock::Moment, failure::ReleasedBy};
use std::time::Duration;

/// The answer of the retry budget to a retry that is due.
#[derive(Debug)]
pub enum RetryAnswer {
    /// The retry is sent now.
    Go(ReleasedBy),
    /// The retry is deferred. The call is woken when that changes.
    Wait(Outlook),
}

/// The state of the upstream, as far as it bounds the wait of a call.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    /// When the call asks again; unset unless it is at the head of the queue or released.
    pub(crate) at: Moment,
    /// The longest latency of a success or of an attempt in flight.
    pub(crate) slowest: Duration,
    /// Whether there was a success since the last failure: deferred retries are being released.
    pub(crate) is_well: bool,
}

/// An attempt that has failed.
#[derive(Debug)]
pub struct FailureReport<'a> {
    pub(crate) failure: &'a Classification,
    /// The class of the failure before, if there was one.
    pub(crate) cause: Option<Class>,
    /// True if class and policy exclude it from retries.
    pub(crate) is_final: bool,
    pub(crate) now: Moment,
    pub(crate) budget: Budget,
}
