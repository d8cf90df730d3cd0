//! The steps of a call that do not depend on the types of its function. They are compiled once, and
//! not once for each function; a call lends its result to them as a [`ResultAccess`].

use super::{
    after_failure::NextAttempt,
    state::{Progress, Record},
};
use crate::{
    Classification, History, Policy, Rejection,
    ambient::{self, AttemptLog, UsedUp},
    clock::Moment,
    policy::{PolicyRef, Schedule, decide::is_retryable},
    route::{RetryAccounting, Route},
};
use std::task::Waker;

/// The parts of a call that have the types of its function: the result of the attempt, and the
/// stored outcome of the last one.
pub(super) trait ResultAccess {
    /// The classification of the error of the result, if it has one.
    fn classify(&self) -> Option<Classification>;
    /// The name of the type of its error.
    fn error_type(&self) -> &'static str;
    /// The record of the call, which gets one if it has none.
    fn record(&mut self) -> &mut Record;
    /// Stores the result, in case the next attempt is not made.
    fn store_result(&mut self);
    /// Stores the timeout, in case the next attempt is not made.
    fn store_timeout(&mut self, timeout: Rejection);
    /// Takes the stored outcome out: it is the result again, or the timeout is returned.
    fn take_stored(&mut self) -> Option<Box<Rejection>>;
    /// Whether there is a result.
    fn has_result(&self) -> bool;
    /// Attaches the history to the error of the result.
    fn attach(&mut self, history: History);
    /// The rejection is the result.
    fn reject(&mut self, rejection: Rejection);
}

/// A call without the types of its function.
pub(super) struct CallCore<'c> {
    /// When the call has to be over.
    deadline: Moment,
    policy: PolicyRef<'c>,
    route: &'c mut dyn RetryAccounting,
    /// Whether the route can refuse an attempt.
    refuses: bool,
    has_record: bool,
}

/// A success that has to be recorded or reported, or of a degraded upstream.
pub(super) struct Success {
    /// True if it came in the first poll.
    pub(super) at_once: bool,
    /// The records of the body in the last poll.
    pub(super) log: Option<Box<AttemptLog>>,
}

/// Why a further attempt is not sent.
pub(super) enum Unsent {
    /// The time is over, or the upstream refuses it.
    Refused(Rejection),
    /// The retry budget does not let it go in time.
    GaveUp(History),
}

impl<'c> CallCore<'c> {
    #[inline(always)]
    pub(super) fn new<U: Route>(
        deadline: Moment,
        policy: PolicyRef<'c>,
        route: &'c mut U,
        has_record: bool,
    ) -> Self {
        Self {
            deadline,
            policy,
            route,
            refuses: U::REFUSES,
            has_record,
        }
    }

    #[inline(always)]
    fn progress<'p>(&'p mut self, record: &'p mut Record) -> Progress<'p> {
        Progress {
            deadline: self.deadline,
            policy: self.policy,
            record,
            route: &mut *self.route,
        }
    }

    /// The attempt has failed, with `failure` if its result is an `Ok`. Returns the next one; if
    /// there is none, the result is that of the call.
    #[cold]
    #[inline(never)]
    pub(super) fn failed(
        mut self,
        result: &mut dyn ResultAccess,
        failure: Option<&mut Classification>,
        schedule: Option<&mut dyn Schedule>,
        waker: &Waker,
    ) -> Option<NextAttempt> {
        let is_ok = failure.is_some();
        let mut classified = match failure {
            None => result.classify(),
            Some(_) => None,
        };
        let failure = failure.or(classified.as_mut())?;
        let policy = self.policy.effective();
        // Dereferences the `Cow` once.
        let policy: &Policy = &policy;
        let may_retry = is_retryable(policy, failure);
        // A call that ends with its first failure needs no record.
        let mut brief;
        let mut record = if may_retry || self.has_record {
            result.record()
        } else {
            brief = Record::default();
            &mut brief
        };
        record.has_failed_with_ok = is_ok;
        if record.has_used_up_inside() {
            let used_up = record.take_used_up();
            failure.retried |= is_one_of(&used_up, failure, result);
            record = result.record();
        }
        let mut progress = self.progress(record);
        let history = if may_retry {
            match progress.failed(failure, policy, schedule, waker) {
                Ok(next) => {
                    if self.refuses || next.may_end_the_call {
                        result.store_result();
                    }
                    return Some(next);
                }
                Err(history) => history,
            }
        } else {
            progress.failed_finally(failure, policy)
        };
        ended(result, history, Some(failure));
        None
    }

    /// The attempt has taken too long, and a run of it may have failed. Returns the next one;
    /// without one, the result is that of the call.
    #[cold]
    #[inline(never)]
    pub(super) fn timed_out(
        mut self,
        result: &mut dyn ResultAccess,
        run: Option<&mut Classification>,
        schedule: Option<&mut dyn Schedule>,
        waker: &Waker,
    ) -> Option<NextAttempt> {
        let record = result.record();
        record.has_failed_with_ok = false;
        match self.progress(record).timed_out(run, schedule, waker) {
            Ok((next, rejection)) => {
                if self.refuses || next.may_end_the_call {
                    result.store_timeout(rejection);
                }
                Some(next)
            }
            Err(rejection) => {
                rejected(result, rejection);
                None
            }
        }
    }

    /// A further attempt is not sent. The caller gets the last outcome; without one, the reason.
    #[cold]
    #[inline(never)]
    pub(super) fn unsent(mut self, result: &mut dyn ResultAccess, unsent: Unsent) {
        let record = result.record();
        let (history, reason) = match unsent {
            Unsent::Refused(rejection) => (self.progress(record).refused(&rejection), rejection),
            Unsent::GaveUp(history) => {
                let reason = match history.attempts.last().cloned() {
                    Some(attempt) => Rejection::failed(attempt),
                    None => Rejection::deadline(history.elapsed),
                };
                (history, reason)
            }
        };
        match result.take_stored() {
            Some(timeout) => rejected(result, timeout.with_history(history)),
            None if result.has_result() => ended(result, history, None),
            None => rejected(result, reason.with_history(history)),
        }
    }

    /// The call has failed, and its fallback answers in its place.
    #[cold]
    #[inline(never)]
    pub(super) fn falls_back(mut self, record: Option<&mut Record>) {
        self.route.fell_back();
        // Without a record, the first attempt has failed.
        let attempts = record.as_ref().map_or(1, |record| record.failed);
        let mut brief = None;
        let record = record.unwrap_or_else(|| brief.insert(Record::default()));
        self.progress(record).falls_back(attempts);
    }

    /// The call ends with this success, or is dropped.
    #[cold]
    #[inline(never)]
    pub(super) fn close(mut self, record: Option<&mut Record>, success: Option<Success>) {
        let mut brief = None;
        let record = record.unwrap_or_else(|| brief.insert(Record::default()));
        let Some(Success { at_once, log }) = success else {
            self.progress(record).close();
            return;
        };
        if let Some(log) = log {
            record.route.record(log);
        }
        self.progress(record).succeeded(at_once);
    }
}

/// Whether the failure of this result is one on which an inner call has used up its retries.
#[cold]
fn is_one_of(used_up: &[UsedUp], failure: &Classification, result: &dyn ResultAccess) -> bool {
    let (fingerprint, error_type) = (failure.fingerprint(), result.error_type());
    used_up.iter().any(|it| it.is(fingerprint, error_type))
}

/// The call ends with its result, and with this failure if it is not for the error to say.
#[inline(always)]
fn ended(result: &mut dyn ResultAccess, history: History, failure: Option<&Classification>) {
    let is_used_up = history.is_used_up();
    result.attach(history);
    if is_used_up {
        note_used_up(result, failure);
    }
}

/// The call ends with a rejection, which has the history.
#[cold]
fn rejected(result: &mut dyn ResultAccess, rejection: Rejection) {
    let is_used_up = rejection.history().is_used_up();
    let failure = is_used_up.then(|| rejection.classification());
    result.reject(rejection);
    if is_used_up {
        note_used_up(result, failure.as_ref());
    }
}

/// Tells the attempt around this call that its retries are used up. If the error says so itself,
/// that is for a conversion that keeps its details and loses its history; an error without details
/// could not be told from another failure.
#[cold]
fn note_used_up(result: &dyn ResultAccess, failure: Option<&Classification>) {
    let classified = result.classify();
    let says_so = classified
        .as_ref()
        .is_some_and(|classified| classified.retried);
    let failure = failure.or(classified.as_ref());
    if let Some(failure) = failure.filter(|failure| !says_so || failure.has_details()) {
        // Two failures with one request id are the same one.
        let is_ambiguous = says_so && failure.request_id.is_none();
        ambient::used_up(failure, is_ambiguous.then(|| result.error_type()));
    }
}
