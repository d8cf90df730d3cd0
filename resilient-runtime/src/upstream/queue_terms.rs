//! The terms under which a call waits for admission.

use crate::{call_site::CallSite, clock::Moment};

/// How a call waits for admission.
#[derive(Clone, Copy, Debug)]
pub struct QueueTerms {
    /// The place in the code that makes the call.
    pub(crate) site: &'static CallSite,
    /// When the call has to be over, if ever.
    pub(crate) deadline: Moment,
    /// Whether it waits while the circuit breaker is open, instead of failing.
    pub(crate) waits_for_breaker: bool,
}
