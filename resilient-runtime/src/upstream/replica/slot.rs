//! The place for the replica in the state of an upstream, and the hooks of that state.

use crate::{
    ServerLimits, SharingSnapshot, Upstream,
    clock::Moment,
    sharing::{Scope, Sharing},
    sync::{Mutex, lock},
    upstream::{
        RunningUpstream,
        breaker::Change,
        replica::{HeldPlace, Owner, Replica},
        state::UpstreamState,
    },
};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

/// The sharing of an upstream, for its keys.
#[derive(Clone, Debug)]
pub(crate) struct SharedOver {
    sharing: Sharing,
    running: Weak<RunningUpstream>,
}

/// The replica, if the state is shared.
pub(crate) struct ReplicaSlot(Mutex<Option<Arc<Replica>>>);

impl ReplicaSlot {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    fn get(&self) -> Option<Arc<Replica>> {
        lock(&self.0).clone()
    }

    pub(super) fn is(&self, replica: &Arc<Replica>) -> bool {
        lock(&self.0)
            .as_ref()
            .is_some_and(|it| Arc::ptr_eq(it, replica))
    }
}

impl Upstream {
    /// Shares its limits, pauses, breaker and caps, and those of its keys, with all replicas of the
    /// program: other processes, on this machine or on others, that share an upstream of the same
    /// name over the same store.
    ///
    /// Call it once, when the program starts, in the tokio runtime that serves it: one task for
    /// each upstream and key in use asks the store, in the runtime of a call that uses it. Calls
    /// from a thread outside of any runtime use the one in which the upstream was shared
    /// (`Runtime::enter`), which has to run meanwhile. If none runs, the event `store lost` says
    /// so, and calls go on as in any outage of the store.
    ///
    /// Called again, it replaces what was set before. In an isolated test it shares the upstream of
    /// that test.
    ///
    /// ```
    /// # use resilient_runtime::{Upstream, sharing::{Sharing, Store}};
    /// static OPENAI: Upstream = Upstream::new("openai").requests_per_minute(500);
    ///
    /// fn start(store: impl Store) {
    ///     OPENAI.share(Sharing::new(store));
    /// }
    /// ```
    pub fn share(&self, sharing: Sharing) {
        let this = self.here();
        let running = this.running();
        let over = SharedOver {
            sharing,
            running: Arc::downgrade(running),
        };
        *lock(&running.sharing) = Some(over.clone());
        let name = &running.built.name;
        running.shared.share(&over, name, None);
        if let Some(keys) = running.keys() {
            keys.for_each(|key, state| state.share(&over, name, Some(key)));
        }
    }

    /// The upstream of a running one, for a task.
    pub(super) fn over(running: Arc<RunningUpstream>) -> Self {
        let upstream = Self::of(running.built.clone());
        let _ = upstream.running.set(running);
        upstream
    }
}

impl RunningUpstream {
    /// Shares the state of a new key, if the upstream is shared.
    pub(in crate::upstream) fn share_key(&self, state: &UpstreamState, key: &str) {
        let over = lock(&self.sharing).clone();
        if let Some(over) = over {
            state.share(&over, &self.built.name, Some(key));
        }
    }
}

impl UpstreamState {
    fn share(&self, over: &SharedOver, name: &str, key: Option<&str>) {
        let scope = Scope {
            upstream: name.to_owned(),
            key: key.map(str::to_owned),
        };
        let owner = Owner {
            running: over.running.clone(),
            key: self.key.clone(),
        };
        let replica = Replica::new(over.sharing.clone(), scope, owner);
        *lock(&self.spending.replica.0) = Some(replica);
        // From now on, no attempt is admitted on the path of those that share nothing.
        self.spending.caps.begin_counting();
    }

    /// The replica, if the state is shared. An upstream in shadow mode only counts, by itself.
    pub(in crate::upstream) fn replica(&self, upstream: &Upstream) -> Option<Arc<Replica>> {
        if !self.spending.caps.is_counting() {
            return None;
        }
        let replica = self.spending.replica.get()?;
        (!self.settings(upstream.config()).shadow).then_some(replica)
    }

    /// The place of an attempt that is sent at once.
    ///
    /// # Errors
    /// It has to wait.
    pub(in crate::upstream) fn try_place(
        &self,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
    ) -> Result<HeldPlace, ()> {
        let Some(replica) = self.replica(upstream) else {
            return Ok(HeldPlace::NONE);
        };
        replica.try_place(self, upstream, cost, now)
    }

    /// The limits have changed: attempts that wait order other places.
    pub(in crate::upstream) fn limits_changed(&self) {
        if let Some(replica) = self.spending.replica.get() {
            replica.reorders();
        }
    }

    /// A snapshot of the sharing.
    pub(in crate::upstream) fn sharing(&self, now: Moment) -> Option<SharingSnapshot> {
        let replica = self.spending.replica.get()?;
        let inner = replica.inner();
        let unserved = inner.unserved_since.map(|since| now.since(since));
        Some(SharingSnapshot {
            replicas: inner.replicas,
            lost: replica.sharing.health.lost(now).or(unserved),
        })
    }

    /// Whether a probe of its circuit needs the right of the other replicas.
    pub(in crate::upstream) fn is_probe_shared(&self, upstream: &Upstream, now: Moment) -> bool {
        let replica = self.replica(upstream);
        replica.is_some_and(|replica| replica.needs_probe(self, now))
    }

    /// The time until an attempt that comes now would have its place, as far as is known.
    pub(in crate::upstream) fn wait_of_place(
        &self,
        upstream: &Upstream,
        now: Moment,
    ) -> Option<Duration> {
        self.replica(upstream)?.wait_of_next(now)
    }

    /// An attempt has ended, and what it has used is counted by the caps.
    pub(in crate::upstream) fn settle_with_others(
        &self,
        upstream: &Upstream,
        estimated: u64,
        used: u64,
    ) {
        if let Some(replica) = self.replica(upstream) {
            replica.settle(estimated, used);
        }
    }

    /// An attempt that was admitted is not sent.
    pub(in crate::upstream) fn unsent_with_others(&self, upstream: &Upstream, cost: u64) {
        if let Some(replica) = self.replica(upstream) {
            replica.unsent(cost);
        }
    }

    /// The caps of this state have changed.
    pub(in crate::upstream) fn tell_caps(&self, upstream: &Upstream) {
        if let Some(replica) = self.replica(upstream) {
            replica.caps_used();
        }
    }

    pub(in crate::upstream) fn tell_pause(&self, upstream: &Upstream, pause: Duration) {
        if let Some(replica) = self.replica(upstream) {
            replica.pauses(pause);
        }
    }

    pub(in crate::upstream) fn tell_limits(&self, upstream: &Upstream, limits: &ServerLimits) {
        if let Some(replica) = self.replica(upstream) {
            replica.has_read(limits);
        }
    }

    pub(in crate::upstream) fn tell_circuit(&self, upstream: &Upstream, change: &Change) {
        if let Some(replica) = self.replica(upstream) {
            replica.circuit_changed(change);
        }
    }

    pub(in crate::upstream) fn tell_waiting(&self, upstream: &Upstream) {
        if let Some(replica) = self.replica(upstream) {
            replica.wants_permits();
        }
    }
}
