//! The health of a target, by the results of its attempts: the last one decides.

use crate::{
    clock::Moment,
    failure::TargetEffect,
    sync::{AtomicU64, Mutex, Ordering, lock},
};
use std::time::Duration;

/// The time until the first probe of a target that is down; it doubles with each probe that fails.
const FIRST_PROBE: Duration = Duration::from_secs(1);
/// The longest time between two probes. A target that serves nobody, for want of credit or valid
/// credentials, is probed as rarely from the beginning.
const LAST_PROBE: Duration = Duration::from_secs(32);

/// The health of a target at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It serves, as far as is known.
    Up,
    /// It is down, and the next probe is due after this time; zero if it is due now.
    Down(Duration),
    /// It asks for a pause, which ends after this time.
    Paused(Duration),
}

/// The health of a target.
pub(crate) struct Health {
    /// When the next probe is due, or the pause ends; zero while the target is up.
    until: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The time between the last probe and the next one; zero while the target is up or paused.
    interval: Duration,
    /// Whether a probe was sent since the last failure.
    is_probing: bool,
    /// When it went down.
    down_since: Moment,
    /// Whether it has asked for a pause since its last success.
    has_paused: bool,
}

impl Health {
    pub(crate) fn new() -> Self {
        Self {
            until: AtomicU64::new(0),
            inner: Mutex::new(Inner::default()),
        }
    }

    /// Whether the target is up.
    #[inline]
    pub(crate) fn is_up(&self) -> bool {
        self.until.load(Ordering::Relaxed) == 0
    }

    /// The health at this moment.
    pub(crate) fn at(&self, now: Moment) -> Condition {
        if self.is_up() {
            return Condition::Up;
        }
        let inner = lock(&self.inner);
        let until = Moment(self.until.load(Ordering::Relaxed));
        let wait = until.since(now);
        match (inner.interval.is_zero(), wait.is_zero()) {
            (true, true) => Condition::Up,
            (true, false) => Condition::Paused(wait),
            (false, _) => Condition::Down(wait),
        }
    }

    /// An attempt is sent while the target is down: the next probe is due an interval later.
    pub(crate) fn probed(&self, now: Moment) {
        if self.is_up() {
            return;
        }
        let mut inner = lock(&self.inner);
        if !inner.interval.is_zero() && self.until.load(Ordering::Relaxed) <= now.0 {
            inner.is_probing = true;
            self.set(now.after(inner.interval));
        }
    }

    /// An attempt that was sent then has succeeded. Returns whether the target was down. One from
    /// before it went down says nothing new.
    pub(crate) fn succeeded(&self, sent: Moment) -> bool {
        if self.is_up() {
            return false;
        }
        let mut inner = lock(&self.inner);
        let was_down = !inner.interval.is_zero();
        if was_down && sent < inner.down_since {
            return false;
        }
        *inner = Inner::default();
        self.until.store(0, Ordering::Relaxed);
        was_down
    }

    /// An attempt has failed with this effect, and the server has asked for this wait. Returns
    /// whether the target has gone down.
    pub(crate) fn failed(&self, effect: TargetEffect, wait: Option<Duration>, now: Moment) -> bool {
        let mut inner = lock(&self.inner);
        let was_down = !inner.interval.is_zero();
        let interval = match effect {
            TargetEffect::Stays | TargetEffect::Leaves => return false,
            // A target that asks for another pause after the first one is down.
            TargetEffect::Paused if !was_down && !self.is_pause_over(&inner, now) => {
                inner.has_paused = true;
                let until = now.after(wait.unwrap_or(FIRST_PROBE));
                let before = Moment(self.until.load(Ordering::Relaxed));
                self.set(until.max(before));
                return false;
            }
            TargetEffect::Lost => LAST_PROBE,
            TargetEffect::Down | TargetEffect::Paused if !was_down => {
                wait.unwrap_or(FIRST_PROBE).clamp(FIRST_PROBE, LAST_PROBE)
            }
            // Attempts from before it went down say nothing new.
            TargetEffect::Down | TargetEffect::Paused if !inner.is_probing => return false,
            TargetEffect::Down | TargetEffect::Paused => {
                inner.interval.saturating_mul(2).min(LAST_PROBE)
            }
        };
        if !was_down {
            inner.down_since = now;
        }
        inner.interval = interval;
        inner.is_probing = false;
        inner.has_paused = false;
        self.set(now.after(interval));
        !was_down
    }

    fn is_pause_over(&self, inner: &Inner, now: Moment) -> bool {
        inner.has_paused && self.until.load(Ordering::Relaxed) <= now.0
    }

    /// Zero stands for a target that is up.
    fn set(&self, until: Moment) {
        self.until.store(until.0.max(1), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, Health, LAST_PROBE};
    use crate::{clock::Moment, failure::TargetEffect};
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);
    const PAUSE: Duration = Duration::from_secs(7);

    #[test]
    fn probes_of_a_dead_target_are_due_after_1_2_4_seconds_and_never_later_than_32() {
        let (health, mut now) = (Health::new(), Moment(1_000));
        assert!(health.failed(TargetEffect::Down, None, now));
        for seconds in [1, 2, 4, 8, 16, 32, 32] {
            let wait = Duration::from_secs(seconds);
            assert_eq!(health.at(now), Condition::Down(wait));
            now = now.after(wait);
            assert_eq!(health.at(now), Condition::Down(Duration::ZERO));
            health.probed(now);
            assert_eq!(health.at(now), Condition::Down(wait), "one probe at a time");
            assert!(!health.failed(TargetEffect::Down, None, now));
        }
        assert!(health.succeeded(now));
        assert_eq!(health.at(now), Condition::Up);
    }

    #[test]
    fn late_failures_of_attempts_from_before_do_not_delay_the_probe() {
        let (health, now) = (Health::new(), Moment(1_000));
        health.failed(TargetEffect::Down, None, now);
        assert!(!health.succeeded(Moment(999)), "sent before it went down");
        for _ in 0..9 {
            health.failed(TargetEffect::Down, None, now);
        }
        assert_eq!(health.at(now), Condition::Down(SECOND));
    }

    #[test]
    fn pause_ends_by_itself_and_lost_credentials_are_probed_rarely() {
        let (health, now) = (Health::new(), Moment(1_000));
        assert!(!health.failed(TargetEffect::Paused, Some(PAUSE), now));
        assert_eq!(health.at(now), Condition::Paused(PAUSE));
        let now = now.after(PAUSE);
        assert_eq!(health.at(now), Condition::Up);
        assert!(health.failed(TargetEffect::Paused, None, now), "again");
        assert_eq!(health.at(now), Condition::Down(SECOND));
        assert!(health.succeeded(now));
        assert!(health.failed(TargetEffect::Lost, None, now));
        assert_eq!(health.at(now), Condition::Down(LAST_PROBE));
    }
}
