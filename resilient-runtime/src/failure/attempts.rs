//! The failed attempts of a call in progress.

use super::{
    Class, Classification, DelaySource, FailedAttempt, History, Processed, ReleasedBy, Target,
};
use crate::{Redacted, clock::nanos};
use std::{num::NonZeroU64, time::Duration};

/// A failed attempt that another follows. Each call that waits holds some of these, so they are
/// smaller than in the history.
#[derive(Clone, Debug)]
pub(crate) struct RetriedAttempt {
    pub(crate) class: Class,
    processed: Processed,
    status: Option<u16>,
    source: DelaySource,
    /// How the deferred retry was released.
    pub(crate) released_by: Option<ReleasedBy>,
    /// Nanoseconds from the start of the call to this failure.
    elapsed: u64,
    /// The nanoseconds of the wait after it.
    delay: u64,
    /// For how many nanoseconds the retry was then deferred.
    deferred: Option<NonZeroU64>,
    details: Option<Box<Details>>,
}

#[derive(Clone, Debug)]
struct Details {
    code: Option<Redacted>,
    message: Option<Redacted>,
    request_id: Option<Redacted>,
    target: Option<Target>,
}

impl RetriedAttempt {
    /// Moves the details out of the failure. `elapsed` is in nanoseconds.
    #[inline]
    pub(crate) fn new(
        failure: &mut Classification,
        elapsed: u64,
        delay: Duration,
        source: DelaySource,
    ) -> Self {
        Self {
            class: failure.class,
            processed: failure.processed,
            status: failure.status,
            source,
            released_by: None,
            elapsed,
            delay: nanos(delay),
            deferred: None,
            details: Details::take_from(failure),
        }
    }

    /// The time from the start of the call to this failure.
    pub(crate) const fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.elapsed)
    }

    /// The wait after it.
    pub(crate) const fn delay(&self) -> Duration {
        Duration::from_nanos(self.delay)
    }

    /// The source of that wait.
    pub(crate) const fn source(&self) -> DelaySource {
        self.source
    }

    /// It was sent to this target.
    #[cold]
    pub(crate) fn set_target(&mut self, target: Target) {
        let details = self.details.get_or_insert_with(|| Box::new(Details::NONE));
        details.target = Some(target);
    }

    /// The retry goes to another target.
    pub(crate) const fn set_moved(&mut self) {
        self.source = DelaySource::OtherTarget;
    }

    /// The call ends at this time since its start: a longer wait has not happened.
    pub(crate) fn cut_delay(&mut self, end: Duration) {
        self.delay = self.delay.min(nanos(end).saturating_sub(self.elapsed));
    }

    /// How long the retry was then deferred, if it was.
    pub(crate) fn deferred(&self) -> Option<Duration> {
        self.deferred.map(|nanos| Duration::from_nanos(nanos.get()))
    }

    pub(crate) fn set_deferred(&mut self, waited: Duration) {
        self.deferred = NonZeroU64::new(nanos(waited).max(1));
    }

    /// Its failure, as far as the history has it.
    pub(crate) fn classification(&self) -> Classification {
        self.clone().into_failed(0).classification()
    }

    fn into_failed(self, number: u32) -> FailedAttempt {
        let (elapsed, deferred) = (self.elapsed(), self.deferred());
        let delay = Some(self.delay());
        let details = Details::of(self.details);
        FailedAttempt {
            number,
            class: self.class,
            processed: self.processed,
            status: self.status,
            code: details.code,
            message: details.message,
            elapsed,
            delay,
            source: Some(self.source),
            deferred,
            released_by: self.released_by,
            request_id: details.request_id,
            target: details.target,
        }
    }
}

impl Details {
    #[inline]
    fn take_from(failure: &mut Classification) -> Option<Box<Self>> {
        let has_any =
            failure.code.is_some() || failure.message.is_some() || failure.request_id.is_some();
        has_any.then(|| Self::boxed(failure))
    }

    #[inline(never)]
    fn boxed(failure: &mut Classification) -> Box<Self> {
        Box::new(Self {
            code: failure.code.take(),
            message: failure.message.take(),
            request_id: failure.request_id.take(),
            target: None,
        })
    }

    const NONE: Self = Self {
        code: None,
        message: None,
        request_id: None,
        target: None,
    };

    fn of(details: Option<Box<Self>>) -> Self {
        details.map_or(Self::NONE, |details| *details)
    }
}

/// The failed attempts of a call in progress, numbered without a gap. Few calls fail more than
/// twice, so the first two have their place here.
#[derive(Clone, Debug)]
pub(crate) enum Attempts {
    Few([Option<RetriedAttempt>; 2]),
    Many(Vec<RetriedAttempt>),
}

impl Default for Attempts {
    fn default() -> Self {
        Self::Few([None, None])
    }
}

impl Attempts {
    /// Adds an attempt. Only the last [`History::KEPT`] are kept.
    #[inline]
    pub(crate) fn push(&mut self, attempt: RetriedAttempt) {
        match self {
            Self::Few([place @ None, _] | [Some(_), place @ None]) => *place = Some(attempt),
            Self::Few([Some(_), Some(_)]) | Self::Many(_) => self.push_to_many(attempt),
        }
    }

    #[cold]
    fn push_to_many(&mut self, attempt: RetriedAttempt) {
        let mut attempts = match std::mem::take(self) {
            Self::Few(few) => few.into_iter().flatten().collect(),
            Self::Many(attempts) => attempts,
        };
        if attempts.len() >= History::KEPT {
            attempts.remove(0);
        }
        attempts.push(attempt);
        *self = Self::Many(attempts);
    }

    pub(crate) fn first(&self) -> Option<&RetriedAttempt> {
        match self {
            Self::Few([first, _]) => first.as_ref(),
            Self::Many(attempts) => attempts.first(),
        }
    }

    #[inline]
    pub(crate) fn last(&self) -> Option<&RetriedAttempt> {
        match self {
            Self::Few([first, second]) => second.as_ref().or(first.as_ref()),
            Self::Many(attempts) => attempts.last(),
        }
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut RetriedAttempt> {
        match self {
            Self::Few([first, second]) => second.as_mut().or(first.as_mut()),
            Self::Many(attempts) => attempts.last_mut(),
        }
    }

    /// The attempt before the last one.
    pub(crate) fn before_last(&self) -> Option<&RetriedAttempt> {
        match self {
            Self::Few([first, second]) => first.as_ref().filter(|_| second.is_some()),
            Self::Many(attempts) => attempts.iter().rev().nth(1),
        }
    }

    /// Takes all of them for the history, with a last one.
    #[inline(always)]
    pub(crate) fn take_with_last(&mut self, attempt: FailedAttempt) -> Vec<FailedAttempt> {
        if let Self::Few([None, _]) = self {
            return vec![attempt];
        }
        std::mem::take(self).with_last(attempt)
    }

    #[inline(never)]
    fn with_last(self, attempt: FailedAttempt) -> Vec<FailedAttempt> {
        let mut attempts = self.into_history(attempt.number.saturating_sub(1));
        if attempts.len() >= History::KEPT {
            attempts.remove(0);
        }
        attempts.push(attempt);
        attempts
    }

    /// All of them for the history, where the last one has this number.
    pub(crate) fn into_history(self, number: u32) -> Vec<FailedAttempt> {
        let attempts: Vec<RetriedAttempt> = match self {
            Self::Few(few) => few.into_iter().flatten().collect(),
            Self::Many(attempts) => attempts,
        };
        let last = attempts.len().saturating_sub(1);
        let number_of = |index: usize| {
            let back = u32::try_from(last.saturating_sub(index)).unwrap_or(u32::MAX);
            number.saturating_sub(back)
        };
        let attempts = attempts.into_iter().enumerate();
        attempts
            .map(|(index, attempt)| attempt.into_failed(number_of(index)))
            .collect()
    }
}
