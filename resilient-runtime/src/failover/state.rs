//! The state of a failover in use: its targets with their health, counts and caller affinity.

use super::{
    Settings,
    choice::Outlook,
    health::{Condition, Health},
    sticky::Sticky,
};
use crate::{
    Class, Classification, Upstream,
    clock::Moment,
    event::{EventKind, Origin},
    failure::{Target, TargetName},
    scope,
    sync::{AtomicU64, Ordering},
    upstream::{Hindrance, KeyHandle, UpstreamHandle, key_handle},
};
use std::borrow::Cow;

/// The state of a failover.
pub(crate) struct FailoverState {
    pub(crate) settings: Settings,
    pub(crate) targets: Box<[TargetState]>,
    pub(crate) sticky: Sticky,
}

/// The state of one target.
pub(crate) struct TargetState {
    name: TargetName,
    upstream: &'static Upstream,
    key: KeyHandle,
    pub(crate) health: Health,
    pub(crate) counts: TargetCounts,
}

/// The counts of one target, since the program started.
pub(crate) struct TargetCounts {
    /// Attempts sent.
    pub(crate) attempts: AtomicU64,
    /// Attempts that have failed.
    pub(crate) failures: AtomicU64,
    /// Calls that came from another target.
    pub(crate) arrived: AtomicU64,
    /// Calls that went on to another target.
    pub(crate) left: AtomicU64,
}

impl TargetCounts {
    fn new() -> Self {
        Self {
            attempts: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            arrived: AtomicU64::new(0),
            left: AtomicU64::new(0),
        }
    }
}

/// Adds one to a count.
pub(crate) fn count(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

impl FailoverState {
    pub(super) fn new(settings: &Settings) -> Self {
        let targets = settings.targets.iter().flatten().zip(0..);
        let targets = targets.map(|(target, index)| TargetState {
            name: TargetName {
                upstream: target.upstream.name(),
                name: target.name,
                index,
            },
            upstream: target.upstream.here(),
            key: key_handle(target.upstream, target.name),
            health: Health::new(),
            counts: TargetCounts::new(),
        });
        Self {
            settings: *settings,
            targets: targets.collect(),
            sticky: Sticky::new(settings.sticky),
        }
    }

    /// The address, by which nested calls recognise it.
    pub(crate) fn id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The target with this index, which comes from here. There is at least one target.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "an index of this state")]
    pub(crate) fn target(&self, index: u8) -> &TargetState {
        &self.targets[usize::from(index)]
    }

    /// The upstream of a target as it was given, and its key.
    pub(crate) fn held(&self, index: u8) -> (&'static Upstream, KeyHandle) {
        let target = self.target(index);
        let given = self.settings.targets.get(usize::from(index)).copied();
        let given = given
            .flatten()
            .map_or(target.upstream, |given| given.upstream);
        (given, target.key.clone())
    }

    /// The outlook of an attempt of this cost at the targets for which `is_open`, in their order.
    pub(crate) fn outlooks(
        &self,
        cost: u64,
        now: Moment,
        is_open: impl Fn(u8) -> bool,
    ) -> Vec<Outlook> {
        let targets = self.targets.iter();
        targets
            .filter(|target| is_open(target.name.index))
            .map(|target| target.outlook(cost, now))
            .collect()
    }

    /// An attempt at the target has failed: notes its effect, and reports a target that goes down.
    pub(crate) fn failed(&'static self, index: u8, failure: &Classification, now: Moment) {
        let target = self.target(index);
        count(&target.counts.failures);
        // A wait that the policy rejects for one call does not hold others up either.
        let longest = target.upstream.config().policy.max_retry_after;
        let wait = failure.wait.map(|wait| wait.duration);
        let wait = wait.filter(|wait| *wait <= longest);
        let effect = failure.class.target_effect();
        if target.health.failed(effect, wait, now) {
            let probe = match target.health.at(now) {
                Condition::Down(probe) => probe,
                Condition::Up | Condition::Paused(_) => return,
            };
            target.origin().emit_if_recorded(EventKind::TargetDown {
                failover: self.settings.name,
                target: target.public(),
                class: failure.class,
                probe,
            });
        }
    }

    /// An attempt at the target, sent then, has succeeded: reports a target that was down.
    #[inline]
    pub(crate) fn succeeded(&'static self, index: u8, sent: Moment) {
        let target = self.target(index);
        if !target.health.is_up() && target.health.succeeded(sent) {
            target.origin().emit_if_recorded(EventKind::TargetUp {
                failover: self.settings.name,
                target: target.public(),
            });
        }
    }

    /// A call goes from one target to another after a failure of this class.
    pub(crate) fn moved(&'static self, from: u8, to: u8, class: Class, origin: Origin<'_>) {
        let (from, to) = (self.target(from), self.target(to));
        count(&from.counts.left);
        count(&to.counts.arrived);
        origin.emit_if_recorded(EventKind::FailingOver {
            failover: self.settings.name,
            from: from.public(),
            to: to.public(),
            class,
        });
    }
}

impl TargetState {
    /// The target, for histories and the body.
    pub(crate) const fn public(&'static self) -> Target {
        Target(&self.name)
    }

    fn origin(&self) -> Origin<'static> {
        Origin {
            upstream: Some(Cow::Borrowed(self.name.upstream)),
            ..Origin::default()
        }
    }

    /// Its upstream and key.
    #[inline]
    pub(crate) fn handle(&'static self, cost: u64) -> UpstreamHandle<'static> {
        UpstreamHandle::held(self.upstream, Some(&self.key)).cost(cost)
    }

    pub(super) const fn upstream(&self) -> &'static Upstream {
        self.upstream
    }

    /// The name of its upstream.
    pub(crate) const fn upstream_name(&self) -> &'static str {
        self.name.upstream
    }

    /// The reason why no wait for it helps, in words.
    pub(crate) fn why_never(&self, cost: u64, now: Moment) -> &'static str {
        match self.outlook(cost, now).hindrance {
            Some(Hindrance::Never(why)) => why,
            _ => "not tried",
        }
    }

    pub(crate) fn outlook(&self, cost: u64, now: Moment) -> Outlook {
        let handle = UpstreamHandle::held(self.upstream, Some(&self.key)).cost(cost);
        Outlook {
            index: self.name.index,
            // In a test without waits, no probe would ever be due.
            condition: if scope::has_waits() {
                self.health.at(now)
            } else {
                Condition::Up
            },
            hindrance: handle.hindrance(now),
        }
    }
}
