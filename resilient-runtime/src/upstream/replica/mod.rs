//! The state of an upstream that is shared with other replicas, as this replica has it.
//!
//! Attempts wait in a [`line`](line::Line) for places, which one task for each state orders from
//! the [`Store`](crate::sharing::Store): [`exchange`]. All else follows with its messages: this
//! replica [reports](report) what has changed, and [applies](apply) the state of all.

mod admission;
mod apply;
mod arrivals;
mod budget;
mod exchange;
mod line;
#[cfg(all(test, resilient_model = "loom"))]
mod models;
mod next;
mod order;
mod outage;
mod pending;
mod place;
mod probe;
mod report;
mod slot;
mod task;
mod waiting;

pub(crate) use line::Place;
pub(crate) use place::HeldPlace;
pub(crate) use probe::ProbeLease;
pub(crate) use slot::{ReplicaSlot, SharedOver};

use crate::{
    clock::Moment,
    random,
    sharing::{Part, Scope, Sharing},
    sync::{Mutex, MutexGuard, lock},
    upstream::{RunningUpstream, Upstream, state::UpstreamState},
};
use budget::SharedBudget;
use line::Line;
use pending::Pending;
use probe::SharedCircuit;
use std::{
    sync::{Arc, Weak},
    task::Waker,
    time::Duration,
};
use tokio::{runtime::Handle, sync::Notify};

/// The part of an upstream, or of one of its keys, that is shared.
pub(crate) struct Replica {
    sharing: Sharing,
    scope: Scope,
    /// Identifies this replica.
    id: u64,
    owner: Owner,
    /// The runtime in which it was shared, for attempts outside of one.
    runtime: Option<Handle>,
    inner: Mutex<Inner>,
    /// Held while the limits are divided.
    dividing: Mutex<()>,
    /// Notifies the task that there is something to do.
    work: Notify,
}

/// The state that this replica is a part of. It owns the replica.
struct Owner {
    running: Weak<RunningUpstream>,
    /// The key, as the state is kept by.
    key: Option<Box<str>>,
}

struct Inner {
    line: Line,
    pending: Pending,
    /// Whether the task runs, and its number: one that was replaced has another.
    is_running: bool,
    task: u64,
    /// When an attempt has first asked since the task has looked.
    asked_at: Option<Moment>,
    /// Since when no task asks the store.
    unserved_since: Option<Moment>,
    /// The last answer of the store, while the task runs: then what is known of the others is new.
    answered_at: Option<Moment>,
    /// The last attempt.
    used_at: Moment,
    /// Attempts that wait for the next answer.
    watching: Vec<Waker>,
    /// Whether permits are wanted, and when they were last asked for.
    wants_permits: bool,
    beat_at: Moment,
    /// Whether this replica has switched to its limits for an outage.
    is_cut: bool,
    /// The state of the store that knows what this replica has taken.
    store_state: Option<u64>,
    /// The replicas last known.
    replicas: u32,
    circuit: SharedCircuit,
    budget: SharedBudget,
}

impl Inner {
    fn new() -> Self {
        Self {
            line: Line::new(),
            pending: Pending::default(),
            is_running: false,
            task: 0,
            asked_at: None,
            unserved_since: None,
            answered_at: None,
            used_at: Moment::UNSET,
            watching: Vec::new(),
            wants_permits: false,
            beat_at: Moment::UNSET,
            is_cut: false,
            store_state: None,
            replicas: 1,
            circuit: SharedCircuit::default(),
            budget: SharedBudget::default(),
        }
    }

    /// Wakes this attempt at the next answer, or when the store is lost.
    fn watch(&mut self, waker: &Waker, now: Moment) {
        self.asks(now);
        if !self.watching.iter().any(|it| it.will_wake(waker)) {
            self.watching.push(waker.clone());
        }
    }
}

/// The upstream and the state of a replica, for its task.
struct Owned {
    upstream: Upstream,
    key: Option<Arc<UpstreamState>>,
}

impl Owned {
    fn state(&self) -> &UpstreamState {
        match &self.key {
            Some(key) => key,
            None => self.upstream.shared(),
        }
    }

    /// The concurrency limit of all replicas, as changed.
    fn permits(&self) -> Option<u32> {
        let now = lock(&self.upstream.running().now);
        let concurrency = self.state().settings(&now).concurrency?;
        Some(concurrency.limit)
    }
}

impl Owner {
    fn get(&self) -> Option<Owned> {
        let running = self.running.upgrade()?;
        let key = match &self.key {
            Some(key) => Some(running.keys()?.peek(key)?),
            None => None,
        };
        let upstream = Upstream::over(running);
        Some(Owned { upstream, key })
    }
}

impl Replica {
    fn new(sharing: Sharing, scope: Scope, owner: Owner) -> Arc<Self> {
        Arc::new(Self {
            sharing,
            scope,
            id: random::random(),
            owner,
            runtime: Handle::try_current().ok(),
            inner: Mutex::new(Inner::new()),
            dividing: Mutex::new(()),
            work: Notify::const_new(),
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }

    pub(crate) fn shares(&self, part: Part) -> bool {
        self.sharing.shares(part)
    }

    /// An attempt has used other tokens than were estimated.
    pub(crate) fn settle(self: &Arc<Self>, estimated: u64, used: u64) {
        if self.shares(Part::Limits) && estimated != used {
            let tokens = pending::difference(estimated, used);
            self.note(|pending, now| pending.used(0, tokens, now));
        }
    }

    /// An attempt that had its place is not sent.
    pub(crate) fn unsent(self: &Arc<Self>, cost: u64) {
        if self.shares(Part::Limits) {
            let tokens = line::signed(cost).saturating_neg();
            self.note(|pending, now| pending.used(-1, tokens, now));
        }
    }

    /// The server asks all callers for a pause.
    pub(crate) fn pauses(self: &Arc<Self>, pause: Duration) {
        if self.shares(Part::Gate) {
            self.note(|pending, now| pending.pause(now.after(pause), now));
        }
    }

    /// The server has told what is left.
    pub(crate) fn has_read(self: &Arc<Self>, limits: &crate::ServerLimits) {
        if self.shares(Part::Limits) {
            self.note(|pending, now| pending.read(&limits.requests, &limits.tokens, now));
        }
    }

    /// An attempt waits for a permit.
    pub(crate) fn wants_permits(self: &Arc<Self>) {
        if !self.shares(Part::Limits) {
            return;
        }
        let mut inner = self.inner();
        inner.wants_permits = true;
        drop(inner);
        self.begin();
        self.work.notify_one();
    }

    /// Caps have been used.
    pub(crate) fn caps_used(self: &Arc<Self>) {
        if self.shares(Part::Caps) {
            let mut inner = self.inner();
            inner.pending.caps_used = true;
            drop(inner);
            self.begin();
        }
    }

    /// Attempts that wait have no place any more.
    fn reorders(self: &Arc<Self>) {
        let now = Moment::now();
        let mut inner = self.inner();
        let (wakers, unused) = inner.line.give_up();
        inner.pending.unused(unused, now);
        drop(inner);
        place::wake(wakers);
        self.work.notify_one();
    }

    fn note(self: &Arc<Self>, note: impl FnOnce(&mut Pending, Moment)) {
        let now = Moment::now();
        let mut inner = self.inner();
        note(&mut inner.pending, now);
        drop(inner);
        self.begin();
        self.work.notify_one();
    }
}
