//! Thread-local data that a call shares with the calls inside it while its body is polled.
//!
//! A task-local would need a wrapper in the task; this is set for the time of one poll and works on
//! any executor. A task spawned by the body is a call of its own.

mod around;
mod kept;
mod used_up;

use crate::clock::Moment;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) use around::is_recording;
pub(crate) use around::{
    AttemptLog, has_recorded, id_of, is_inside, log, start_recording, take_log,
};
pub use around::{PollState, Recording};
pub use kept::Kept;
pub(crate) use kept::{keep, start_keeping, take_kept};
use std::cell::{Cell, RefCell};
use tokio::time::Instant;
pub(crate) use used_up::{UsedUp, take_used_up, used_up};

/// The values that every poll of a body reads, in one place that is looked up once.
struct Ambient {
    /// When the calls around the code that runs now have to be over.
    deadline: Cell<Moment>,
    /// When the attempt around the code that runs now is cut.
    attempt_end: Cell<Option<Instant>>,
    /// How many failures have been noted on which calls have used up their retries.
    used_up: Cell<usize>,
}

thread_local! {
    static AMBIENT: Ambient = const {
        Ambient {
            deadline: Cell::new(Moment::UNSET),
            attempt_end: Cell::new(None),
            used_up: Cell::new(0),
        }
    };
    /// Whether a request was dropped before its response came.
    #[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
    static HAS_CUT: Cell<bool> = const { Cell::new(false) };
    /// The call sites whose fallback is being polled around the code that runs now.
    static FALLING_BACK: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The deadline of the calls around this one, until it is dropped.
pub(crate) struct DeadlineAround(Moment);

/// Sets the deadline for what is polled until the guard is dropped.
#[inline]
pub(crate) fn deadline_around(deadline: Moment) -> DeadlineAround {
    DeadlineAround(AMBIENT.with(|ambient| ambient.deadline.replace(deadline)))
}

impl Drop for DeadlineAround {
    #[inline]
    fn drop(&mut self) {
        // At the end of the thread nothing is polled any more.
        let _ = AMBIENT.try_with(|ambient| ambient.deadline.set(self.0));
    }
}

/// The deadline of the calls around this one.
#[inline]
pub(crate) fn deadline() -> Moment {
    AMBIENT.with(|ambient| ambient.deadline.get())
}

/// When the innermost attempt around the code that runs now is cut; never, where that is not known
/// yet: before it first has to wait.
pub(crate) fn attempt_end() -> Moment {
    let end = AMBIENT.with(|ambient| ambient.attempt_end.get());
    end.map_or(Moment::UNSET, Moment::of)
}

/// Runs code that belongs to no call around it: neither their deadline nor the end of their attempt
/// holds for it.
pub(crate) fn apart<T>(run: impl FnOnce() -> T) -> T {
    struct Around(Moment, Option<Instant>);
    impl Drop for Around {
        fn drop(&mut self) {
            // At the end of the thread nothing is polled any more.
            let _ = AMBIENT.try_with(|ambient| {
                ambient.deadline.set(self.0);
                ambient.attempt_end.set(self.1);
            });
        }
    }
    let _around = AMBIENT.with(|ambient| {
        let deadline = ambient.deadline.replace(Moment::UNSET);
        Around(deadline, ambient.attempt_end.take())
    });
    run()
}

/// One poll of the fallback of a call site, by the address of the site. Calls inside see it until
/// this is dropped, in a panic too.
pub(crate) struct FallingBack;

impl FallingBack {
    pub(crate) fn enter(site: usize) -> Self {
        FALLING_BACK.with_borrow_mut(|sites| sites.push(site));
        Self
    }
}

impl Drop for FallingBack {
    fn drop(&mut self) {
        FALLING_BACK.with_borrow_mut(Vec::pop);
    }
}

/// Whether the code that runs now is part of the fallback of this call site.
pub(crate) fn is_falling_back(site: usize) -> bool {
    FALLING_BACK.with_borrow(|sites| sites.contains(&site))
}

/// Tells that a request was dropped before its response came.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) fn cut_request() {
    HAS_CUT.set(true);
}

/// Takes the note that a request was dropped with the body of an attempt at its time limit.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
pub(crate) fn has_cut_request() -> bool {
    HAS_CUT.take()
}

/// Earlier requests have nothing to do with the rejection that may follow.
#[cold]
pub(crate) fn forget_cut_request() {
    #[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
    HAS_CUT.set(false);
}

/// The state of the code outside, for one poll of a body: meanwhile, calls inside see its call's
/// deadline, and when its attempt is cut.
pub(crate) struct Outside {
    /// How many failures of the calls there are noted.
    noted: usize,
    /// The deadline and the end of the attempt there, if they were replaced.
    times: Option<(Moment, Option<Instant>)>,
}

impl Outside {
    /// Without a deadline, that of the calls outside stays, and without a known time at which the
    /// attempt is cut, that of the attempt outside. Most calls have neither, and pay for none.
    #[inline(always)]
    pub(crate) fn replace(deadline: Moment, attempt_end: Option<Instant>) -> Self {
        AMBIENT.with(|ambient| {
            let noted = ambient.used_up.get();
            if deadline.is_unset() && attempt_end.is_none() {
                return Self { noted, times: None };
            }
            let outside = (ambient.deadline.get(), ambient.attempt_end.get());
            if !deadline.is_unset() {
                ambient.deadline.set(deadline);
            }
            if let Some(end) = attempt_end {
                // The earlier of the two cuts the inner attempt.
                let end = outside.1.map_or(end, |outside| outside.min(end));
                ambient.attempt_end.set(Some(end));
            }
            let times = Some(outside);
            Self { noted, times }
        })
    }

    /// The poll has ended. If calls inside have used up their retries in it, how many failures of
    /// the calls around this one are noted: [`take_used_up`] takes those after them.
    #[inline(always)]
    pub(crate) fn restore(&self) -> Option<usize> {
        AMBIENT.with(|ambient| {
            if let Some((deadline, attempt_end)) = self.times {
                ambient.deadline.set(deadline);
                ambient.attempt_end.set(attempt_end);
            }
            (ambient.used_up.get() != self.noted).then_some(self.noted)
        })
    }
}
