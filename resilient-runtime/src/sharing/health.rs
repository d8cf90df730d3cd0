//! The health of a store, as one replica sees it: one failure is an outage, one answer ends it.

use crate::{
    clock::Moment,
    random,
    sync::{Mutex, lock},
};
use std::time::Duration;

/// The longest time between two looks at a store that cannot be reached. Half of it is random.
const LOOK: Duration = Duration::from_secs(1);
const LEAST: Duration = Duration::from_millis(500);

/// A store that is lost again so soon is looked at half as often, and again half as often: some of
/// its operations fail, and each look would begin and end an outage.
const STABLE: Duration = Duration::from_secs(5);
const MOST_RELAPSES: u32 = 5;

/// Whether a store can be reached. All upstreams over this store share it, so that an outage is
/// found, and reported, once.
#[derive(Debug)]
pub(crate) struct Health(Mutex<State>);

#[derive(Debug)]
struct State {
    /// The start of the outage.
    down_since: Option<Moment>,
    /// The next look at the store, in an outage.
    next_look: Moment,
    restored_at: Moment,
    /// The outages that have followed another one at once.
    relapses: u32,
}

impl State {
    /// The time between two looks, longer after relapses.
    fn scaled(&self, time: Duration) -> Duration {
        time.saturating_mul(1_u32.checked_shl(self.relapses).unwrap_or(1))
    }
}

impl Health {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            down_since: None,
            next_look: Moment::UNSET,
            restored_at: Moment::UNSET,
            relapses: 0,
        }))
    }

    pub(crate) fn is_up(&self) -> bool {
        lock(&self.0).down_since.is_none()
    }

    /// The time since the start of the outage.
    pub(crate) fn lost(&self, now: Moment) -> Option<Duration> {
        let since = lock(&self.0).down_since?;
        Some(now.since(since))
    }

    /// An operation has failed. Returns whether the outage has begun with it.
    pub(crate) fn failed(&self, now: Moment) -> bool {
        let mut state = lock(&self.0);
        let is_first = state.down_since.is_none();
        if is_first {
            state.down_since = Some(now);
            state.relapses = if now.since(state.restored_at) < STABLE {
                state.relapses.saturating_add(1).min(MOST_RELAPSES)
            } else {
                0
            };
        }
        let least = state.scaled(LEAST);
        state.next_look = now.after(least).after(random::part_of(least));
        is_first
    }

    /// An operation has succeeded. Returns the duration of the outage that it ends.
    pub(crate) fn answered(&self, now: Moment) -> Option<Duration> {
        let mut state = lock(&self.0);
        let since = state.down_since.take()?;
        state.restored_at = now;
        Some(now.since(since))
    }

    /// The moment of the next look, in an outage.
    pub(crate) fn next_look(&self) -> Moment {
        lock(&self.0).next_look
    }

    /// Whether the caller is the one that looks at the store now.
    ///
    /// # Errors
    /// The moment of the next look.
    pub(crate) fn look(&self, now: Moment) -> Result<(), Moment> {
        let mut state = lock(&self.0);
        let longest = state.scaled(LOOK);
        let is_far = state.next_look.since(now) > longest; // The clock has gone back.
        if now < state.next_look && !is_far {
            return Err(state.next_look);
        }
        state.next_look = now.after(longest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_once_and_ends_once() {
        let health = Health::new();
        let start = Moment(1_000_000_000_000);
        assert!(health.is_up());
        assert!(health.failed(start));
        assert!(!health.failed(start));
        assert!(!health.is_up());
        let minute = Duration::from_secs(60);
        assert_eq!(health.answered(start.after(minute)), Some(minute));
        assert_eq!(health.answered(start.after(minute)), None);
        assert!(health.is_up());
    }

    #[test]
    fn f453_a_store_that_is_lost_again_at_once_is_looked_at_less_and_less() {
        let health = Health::new();
        let mut now = Moment(1_000_000_000_000);
        let end = now.after(Duration::from_secs(120));
        let mut outages = 0;
        while now < end {
            // Each look succeeds, and the next operation fails.
            if health.is_up() {
                outages += u32::from(health.failed(now));
            } else if health.look(now).is_ok() {
                health.answered(now);
            }
            now = now.after(Duration::from_millis(10));
        }
        assert!((6..=15).contains(&outages), "{outages}");
        health.answered(now);
        // A store that was well for a while is looked at as often as ever.
        now = now.after(Duration::from_secs(60));
        health.failed(now);
        assert!(health.look(now.after(Duration::from_millis(1_001))).is_ok());
    }

    #[test]
    fn one_of_many_looks_at_a_lost_store_in_each_second() {
        let health = Health::new();
        let mut now = Moment(1_000_000_000_000);
        let end = now.after(Duration::from_secs(60));
        health.failed(now);
        let mut looks = 0;
        while now < end {
            for _ in 0..10 {
                looks += u32::from(health.look(now).is_ok());
            }
            now = now.after(Duration::from_millis(10));
        }
        assert!((58..=61).contains(&looks), "{looks}");
    }
}
