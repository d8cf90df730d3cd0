//! The affinity of callers: for a time, a caller stays at the target that served it last, where its
//! prompt cache is.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Ordering},
    upstream::keys::Keys,
};
use std::{sync::Arc, time::Duration};

/// The most callers that are remembered; the longest idle ones are forgotten.
const CALLERS: usize = 10_000;

/// The targets of callers.
pub(crate) struct Sticky {
    /// How long a caller stays after its last success; none if callers do not stay.
    time: Option<Duration>,
    /// That of calls without a key.
    whole: Place,
    callers: Keys<Place>,
}

/// The target of one caller.
pub(crate) struct Place {
    /// Its index and one; zero for none.
    target: AtomicU64,
    until: AtomicU64,
}

impl Place {
    const fn new() -> Self {
        Self {
            target: AtomicU64::new(0),
            until: AtomicU64::new(0),
        }
    }

    fn target(&self, now: Moment) -> Option<u8> {
        let is_over = self.until.load(Ordering::Relaxed) <= now.0;
        let target = self.target.load(Ordering::Relaxed).checked_sub(1)?;
        u8::try_from(target).ok().filter(|_| !is_over)
    }

    fn set(&self, target: u8, until: Moment) {
        // A reader between the two may see the target before with the later time: it serves, too.
        self.target
            .store(u64::from(target).saturating_add(1), Ordering::Relaxed);
        self.until.store(until.0, Ordering::Relaxed);
    }
}

impl Sticky {
    pub(super) fn new(time: Option<Duration>) -> Self {
        Self {
            time,
            whole: Place::new(),
            callers: Keys::new(CALLERS, |_, _| false),
        }
    }

    /// Whether callers stay where they were served.
    #[inline]
    pub(crate) const fn is_on(&self) -> bool {
        self.time.is_some()
    }

    /// The place of the caller with this key.
    #[cold]
    pub(crate) fn place_of(&self, caller: &str, now: Moment) -> Arc<Place> {
        self.callers.get_or_insert(caller, now, |_| Place::new())
    }

    /// The target that served this caller last; without one, that of all calls without a key.
    #[cold]
    pub(crate) fn target(&self, caller: Option<&Place>, now: Moment) -> Option<u8> {
        self.time?;
        caller.unwrap_or(&self.whole).target(now)
    }

    /// This target has served the caller.
    #[cold]
    pub(crate) fn served(&self, caller: Option<&Place>, target: u8, now: Moment) {
        if let Some(time) = self.time {
            let place = caller.unwrap_or(&self.whole);
            place.set(target, now.after(time));
        }
    }
}
