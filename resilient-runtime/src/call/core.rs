//! The steps of a call that do not depend on the types of its function. They are compiled once, and
//! not once for each function; a call lends its parts to them as [`Typed`].

use super::{record::Record, state::Progress};
use crate::{
    Classification, History, Policy, Rejection,
    ambient::{self, UsedUp},
    clock::Moment,
    failure::GiveUp,
    policy::{PolicyRef, Schedule, decide::is_retryable},
    route::RetryAccounting,
};
use std::task::Waker;

/// The parts of a call that have the types of its function: how it judges, the body and the result
/// of the attempt, and the stored result of the last one.
pub(super) trait Typed {
    /// The classification of the error of the result, if it has one.
    fn classify(&self) -> Option<Classification>;
    /// The name of the type of its error.
    fn error_type(&self) -> &'static str;
    /// The failure of a run of the body, which has taken too long: see
    /// [`Runs::take_failed`](super::Runs::take_failed).
    fn take_failed(&mut self) -> Option<Classification>;
    /// Drops the body. Stores the result, in case the next attempt is not made.
    fn end(&mut self);
    /// Takes the stored result out: it is the result again. False if there is none.
    fn take_stored(&mut self) -> bool;
    /// Attaches the history to the error of the result.
    fn attach(&mut self, history: History);
    /// The rejection is the result.
    fn reject(&mut self, rejection: Rejection);
    /// The schedule of the call's own, if it has one.
    fn schedule(&mut self) -> Option<&mut dyn Schedule>;
}

/// The place of the record of a call, which most calls do not need.
pub(super) trait RecordPlace {
    /// The record, if there is one.
    fn get(&mut self) -> Option<&mut Record>;
    /// The record, which is made if there is none.
    fn get_or_make(&mut self) -> &mut Record;
}

/// A call without the types of its function.
pub(super) struct CallCore<'c> {
    /// When the call has to be over.
    pub(super) deadline: Moment,
    pub(super) policy: PolicyRef<'c>,
    pub(super) route: &'c mut dyn RetryAccounting,
    pub(super) record: &'c mut dyn RecordPlace,
    /// Whether the call may have several targets.
    pub(super) has_targets: bool,
}

/// Why a further attempt is not sent.
pub(super) enum Unsent {
    /// The time is over, or the upstream refuses it.
    Refused(Rejection),
    /// The retry budget does not let it go in time.
    GaveUp(History),
    /// A shutdown or a switch stops it.
    Halted(GiveUp),
}

impl CallCore<'_> {
    /// The call in progress, which gets a record if it has none.
    #[inline(always)]
    fn progress(&mut self) -> Progress<'_> {
        Progress {
            deadline: self.deadline,
            record: self.record.get_or_make(),
            policy: self.policy,
            route: &mut *self.route,
        }
    }

    /// As [`progress`](Self::progress), with a record in `brief` if there is none.
    #[inline(always)]
    fn brief_progress<'p>(&'p mut self, brief: &'p mut Option<Record>) -> Progress<'p> {
        let record = self.record.get();
        Progress {
            deadline: self.deadline,
            record: record.unwrap_or_else(|| brief.get_or_insert_default()),
            policy: self.policy,
            route: &mut *self.route,
        }
    }

    /// Whether the failure, which is not retried, moves the call on to another target.
    #[inline(always)]
    fn may_leave(&self, failure: &Classification) -> bool {
        self.has_targets && self.route.may_leave(failure.class)
    }

    /// The attempt has failed, with `failure` if its result is an `Ok`. Returns the next one; if
    /// there is none, the result is that of the call.
    #[cold]
    #[inline(never)]
    pub(super) fn failed(
        mut self,
        typed: &mut dyn Typed,
        failure: Option<&mut Classification>,
        waker: &Waker,
    ) -> Option<Moment> {
        let is_ok = failure.is_some();
        let mut classified = match failure {
            None => typed.classify(),
            Some(_) => None,
        };
        let failure = failure.or(classified.as_mut())?;
        let policy = self.policy.effective();
        // Dereferences the `Cow` once.
        let policy: &Policy = &policy;
        let may_retry = is_retryable(policy, failure) || self.may_leave(failure);
        // A call that ends with its first failure needs no record.
        let mut brief = None;
        let mut progress = if may_retry {
            self.progress()
        } else {
            self.brief_progress(&mut brief)
        };
        let record = &mut *progress.record;
        record.has_failed_with_ok = is_ok;
        if record.has_used_up_inside() {
            let used_up = record.take_used_up();
            failure.retried |= is_one_of(&used_up, failure, typed);
        }
        let history = if may_retry {
            match progress.failed(failure, policy, typed.schedule(), waker) {
                Ok(next) => return Some(next),
                Err(history) => history,
            }
        } else {
            progress.failed_finally(failure, policy)
        };
        ended(typed, history, Some(failure));
        None
    }

    /// The attempt has taken too long, and a run of it may have failed. Returns the next one;
    /// without one, the result is that of the call.
    #[cold]
    #[inline(never)]
    pub(super) fn timed_out(
        mut self,
        typed: &mut dyn Typed,
        mut run: Option<&mut Classification>,
        waker: &Waker,
    ) -> Option<Moment> {
        let mut progress = self.progress();
        progress.record.has_failed_with_ok = false;
        if progress.record.has_used_up_inside() {
            let used_up = progress.record.take_used_up();
            if let Some(run) = run.as_deref_mut() {
                run.retried |= is_one_of(&used_up, run, typed);
            }
        }
        match progress.timed_out(run, typed.schedule(), waker) {
            Ok((next, rejection)) => {
                // One that is sent already is not refused.
                if !progress.record.route.budget.is_sent() {
                    progress.record.last_timeout = Some(Box::new(rejection));
                }
                Some(next)
            }
            Err(rejection) => {
                rejected(typed, rejection);
                None
            }
        }
    }

    /// A further attempt is not sent. The caller gets the last outcome; without one, the reason.
    #[cold]
    #[inline(never)]
    pub(super) fn unsent(mut self, typed: &mut dyn Typed, unsent: Unsent) {
        let mut progress = self.progress();
        let last = |history: &History| history.attempts.last().cloned().map(Rejection::failed);
        let (history, reason) = match unsent {
            Unsent::Refused(rejection) => (progress.refused(&rejection, None), rejection),
            Unsent::GaveUp(history) => {
                let deadline = || Rejection::deadline(history.elapsed);
                let reason = last(&history).unwrap_or_else(deadline);
                (history, reason)
            }
            Unsent::Halted(reason) => {
                let (history, rejection) = progress.halted(reason);
                let reason = last(&history).unwrap_or(rejection);
                (history, reason)
            }
        };
        match progress.record.last_timeout.take() {
            Some(timeout) => rejected(typed, timeout.with_history(history)),
            None if typed.take_stored() => ended(typed, history, None),
            None => rejected(typed, reason.with_history(history)),
        }
    }

    /// The call has failed, and its fallback answers in its place.
    #[cold]
    #[inline(never)]
    pub(super) fn falls_back(mut self) {
        self.route.fell_back();
        // Without a record, the first attempt has failed.
        let mut brief = Some(Record {
            failed: 1,
            ..Record::default()
        });
        self.brief_progress(&mut brief).falls_back();
    }
}

/// Whether the failure of this result is one on which an inner call has used up its retries.
#[cold]
fn is_one_of(used_up: &[UsedUp], failure: &Classification, typed: &dyn Typed) -> bool {
    let (fingerprint, error_type) = (failure.fingerprint(), typed.error_type());
    used_up.iter().any(|it| it.is(fingerprint, error_type))
}

/// The call ends with its result, and with this failure if it is not for the error to say.
#[inline(always)]
fn ended(typed: &mut dyn Typed, history: History, failure: Option<&Classification>) {
    let is_used_up = history.is_used_up();
    typed.attach(history);
    if is_used_up {
        note_used_up(typed, failure);
    }
}

/// The call ends with a rejection, which has the history.
#[cold]
fn rejected(typed: &mut dyn Typed, rejection: Rejection) {
    let is_used_up = rejection.history().is_used_up();
    let failure = is_used_up.then(|| rejection.classification());
    typed.reject(rejection);
    if is_used_up {
        note_used_up(typed, failure.as_ref());
    }
}

/// Tells the attempt around this call that its retries are used up. If the error says so itself,
/// that is for a conversion that keeps its details and loses its history; an error without details
/// could not be told from another failure.
#[cold]
fn note_used_up(typed: &dyn Typed, failure: Option<&Classification>) {
    let classified = typed.classify();
    let says_so = classified
        .as_ref()
        .is_some_and(|classified| classified.retried);
    let failure = failure.or(classified.as_ref());
    if let Some(failure) = failure.filter(|failure| !says_so || failure.has_details()) {
        // Two failures with one request id are the same one.
        let is_ambiguous = says_so && failure.request_id.is_none();
        ambient::used_up(failure, is_ambiguous.then(|| typed.error_type()));
    }
}
