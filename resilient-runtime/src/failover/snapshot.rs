//! The state of a failover, to be read.

use super::{Failover, health::Condition};
use crate::{clock::Moment, event::WaitsFor, failure::Target, sync::Ordering, upstream::Hindrance};
use std::time::Duration;

/// The state of a failover at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailoverSnapshot {
    /// Its name.
    pub name: &'static str,
    /// Its targets, in their order of preference.
    pub targets: Vec<TargetSnapshot>,
}

/// The state of one target at one moment. Counts are those since the program started.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetSnapshot {
    /// The target.
    pub target: Target,
    /// The reason why it does not serve a call now: `down`, `paused`, the limit that an attempt
    /// would wait for, as in the event `queued`, `switched off` or `isolated`. `None` if it serves.
    pub why_not: Option<&'static str>,
    /// The time until it may serve; `None` if it serves, or nobody knows.
    pub wait: Option<Duration>,
    /// Attempts sent.
    pub attempts: u64,
    /// Attempts that have failed.
    pub failures: u64,
    /// Calls that came from another target.
    pub arrived: u64,
    /// Calls that went on to another target.
    pub left: u64,
}

impl FailoverSnapshot {
    /// The target of a call without a `key` that starts now: the first one that serves.
    pub fn serving(&self) -> Option<Target> {
        let serving = self.targets.iter().find(|it| it.why_not.is_none());
        serving.map(|it| it.target)
    }
}

impl Failover {
    /// The state of its targets now: who serves, and why not.
    ///
    /// ```
    /// # use resilient_runtime::{Failover, Upstream};
    /// static OPENAI: Upstream = Upstream::new("openai");
    /// static CHAT: Failover = Failover::new("chat").to(&OPENAI, "gpt-4o").to(&OPENAI, "gpt-4.1");
    ///
    /// let serving = CHAT.snapshot().serving().map(|target| target.to_string());
    /// assert_eq!(serving.as_deref(), Some("openai/gpt-4o"));
    /// ```
    pub fn snapshot(&'static self) -> FailoverSnapshot {
        let (state, now) = (self.state(), Moment::now());
        let targets = state.targets.iter().map(|target| {
            let outlook = target.outlook(0, now);
            let why_not = match (outlook.condition, outlook.hindrance) {
                (_, Some(Hindrance::Never(why))) => Some(why),
                (Condition::Down(_), _) => Some("down"),
                (Condition::Paused(_), _) => Some("paused"),
                (_, Some(Hindrance::Wait(limit, _) | Hindrance::Unknown(limit))) => {
                    Some(WaitsFor::as_str(limit))
                }
                (Condition::Up, None) => None,
            };
            let counts = &target.counts;
            TargetSnapshot {
                target: target.public(),
                why_not,
                wait: outlook.wait().filter(|_| why_not.is_some()),
                attempts: counts.attempts.load(Ordering::Relaxed),
                failures: counts.failures.load(Ordering::Relaxed),
                arrived: counts.arrived.load(Ordering::Relaxed),
                left: counts.left.load(Ordering::Relaxed),
            }
        });
        FailoverSnapshot {
            name: state.settings.name,
            targets: targets.collect(),
        }
    }
}
