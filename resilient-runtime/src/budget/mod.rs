//! The retry budget: decides whether a retry is sent, or deferred until when.
//!
//! [`release`] decides by plain arithmetic, on the measurements of [`recovery`], [`traffic`] and
//! [`in_flight`]; [`state`] is shared by the callers of one upstream, key or function; [`per_call`]
//! is the part of one call.

pub(crate) mod balance;
mod in_flight;
#[cfg(feature = "sharing")]
mod missing;
mod per_call;
mod recovery;
mod release;
mod settings;
mod state;
mod terms;
mod traffic;
#[cfg(feature = "sharing")]
pub(crate) use missing::Missing;
pub(crate) use per_call::CallBudget;
pub use settings::Budget;
pub(crate) use state::BudgetState;
pub(crate) use terms::RetryTerms;

use crate::{Class, clock::Moment, failure::ReleasedBy};
use std::{task::Waker, time::Duration};

/// The answer of the retry budget to a retry that is due.
#[derive(Debug)]
pub(crate) enum RetryAnswer {
    /// The retry is sent now.
    Go(ReleasedBy),
    /// The retry is deferred. The call is woken when that changes.
    Wait(Outlook),
}

/// The state of the upstream, as far as it bounds the wait of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlook {
    /// When the call asks again; unset unless it is at the head of the queue or released.
    pub(crate) at: Moment,
    /// The longest latency of a success or of an attempt in flight.
    pub(crate) slowest: Duration,
    /// Whether there was a success since the last failure: deferred retries are being released.
    pub(crate) is_well: bool,
}

/// An attempt that has failed in a way that is retried.
pub(crate) struct FailureReport<'a> {
    pub(crate) class: Class,
    /// The class of the failure before, if there was one.
    pub(crate) cause: Option<Class>,
    pub(crate) now: Moment,
    pub(crate) budget: Budget,
    /// The retry, if it is due at once.
    pub(crate) retry: Option<DueRetry<'a>>,
}

/// A retry that is due.
#[derive(Clone, Copy)]
pub(crate) struct DueRetry<'a> {
    pub(crate) terms: RetryTerms,
    /// True if nothing but the retry budget holds it up: then it counts as sent if the balance pays
    /// for it at once.
    pub(crate) is_sent_when_released: bool,
    /// Woken when a deferred retry is to ask again.
    pub(crate) waker: &'a Waker,
}
