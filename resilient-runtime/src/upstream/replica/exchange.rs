//! The task that exchanges messages with the store: one operation at a time, as long as the state
//! is in use.

use crate::{
    clock::Moment,
    event::EventKind,
    sharing::{CircuitView, Granted, Order, Part, Placed, Report, StoreError, View},
    timer,
    upstream::{
        replica::{
            Inner, Owned, Replica,
            next::{IDLE, Next},
            outage::whole,
            place::wake,
            report::Unreported,
        },
        state::UpstreamState,
    },
};
use std::{pin::pin, sync::Arc, task::Waker, time::Duration};
use tokio::time::{Instant, timeout, timeout_at};

/// No place is later, whatever a store answers.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The answer of an operation.
enum Answer {
    Placed(Placed),
    Granted(Granted),
    None,
}

impl Replica {
    /// Returns whether it has ended because nobody uses the state. `number` is that of the task.
    pub(super) async fn exchange(self: &Arc<Self>, owned: &Owned, number: u64) -> bool {
        loop {
            let now = Moment::now();
            let state = owned.state();
            if !state.spending.replica.is(self) || !self.is_served(owned, number, now) {
                // Shared over another store since, a key that was evicted, or a task that another
                // one has replaced.
                return false;
            }
            self.follow_health(&owned.upstream, state, now);
            let work = self.work.notified();
            let mut work = pin!(work);
            work.as_mut().enable();
            let is_idle = self.is_idle(state, now);
            let budget = self.is_budget_in_use(owned, now);
            let has_permits = state.concurrency.is_limited() && self.shares(Part::Limits);
            let next = {
                let mut inner = self.inner();
                match inner.is_cut.then(|| self.sharing.health.look(now)) {
                    Some(Ok(())) => Next::Settle,
                    Some(Err(_)) if is_idle => Next::Stop,
                    Some(Err(at)) => Next::Sleep(at),
                    None => inner.next(now, is_idle, has_permits, budget),
                }
            };
            match next {
                Next::Stop => {
                    if self.stops(state) {
                        return true;
                    }
                }
                Next::Sleep(at) => {
                    let at = at
                        .instant()
                        .unwrap_or_else(|| timer::after(Instant::now(), IDLE));
                    let _ = timeout_at(at, work).await;
                }
                next => self.operate(owned, next).await,
            }
        }
    }

    /// Whether nothing is in flight and no attempt has come for a while.
    fn is_idle(&self, state: &UpstreamState, now: Moment) -> bool {
        let concurrency = &state.concurrency;
        let is_held = self.shares(Part::Limits)
            && concurrency.is_limited()
            && (concurrency.in_use() > 0 || concurrency.waiting() > 0);
        let inner = self.inner();
        !is_held && inner.watching.is_empty() && now.since(inner.used_at) > IDLE
    }

    /// Ends the task, unless an attempt has come meanwhile.
    fn stops(&self, state: &UpstreamState) -> bool {
        let mut inner = self.inner();
        // After an outage the rest is told by the task that the next attempt begins.
        let is_quiet = inner.is_cut || (inner.line.is_empty() && inner.pending.is_empty());
        if !is_quiet || !inner.watching.is_empty() || Moment::now().since(inner.used_at) <= IDLE {
            return false;
        }
        inner.is_running = false;
        inner.answered_at = None;
        let is_cut = inner.is_cut;
        drop(inner);
        if !is_cut {
            self.give_up_permits(state);
        }
        true
    }

    async fn operate(self: &Arc<Self>, owned: &Owned, next: Next) {
        let (report, pending) = self.report(owned, matches!(next, Next::Beat));
        let unreported = Unreported::new(self, owned, &report, pending);
        let (begin, operation) = (Moment::now(), next.as_str());
        let call = whole(self.call(&report, &next));
        let result = match timeout(self.sharing.timeout, call).await {
            Ok(result) => result,
            Err(_) => Err(StoreError::new("timeout")),
        };
        let now = Moment::now();
        let failure = result.as_ref().err().map(StoreError::reason);
        let asked = EventKind::StoreAsked {
            operation,
            took: now.since(begin),
            failure: failure.map(|reason| reason.to_owned().into()),
        };
        match result {
            Ok((answer, view)) => {
                unreported.forget();
                // Before the events: a subscriber may panic, and the places are this replica's.
                let circuit = self.answered(owned, (answer, next), &view, now);
                self.found(owned, now);
                self.apply(owned, &report, &view, now);
                self.apply_circuit(owned, circuit, now);
            }
            Err(error) => {
                drop(unreported);
                self.lost(owned, &error, now);
            }
        }
        owned.state().origin(&owned.upstream).emit(asked);
    }

    async fn call(&self, report: &Report, next: &Next) -> Result<(Answer, View), StoreError> {
        let (store, scope) = (&self.sharing.store, &self.scope);
        match next {
            Next::Order(order) => {
                let (placed, view) = store.order(scope, report, order).await?;
                Ok((Answer::Placed(placed), view))
            }
            Next::Probe => {
                let (granted, view) = store.probe(scope, report).await?;
                Ok((Answer::Granted(granted), view))
            }
            Next::Beat => Ok((Answer::None, store.beat(scope, report).await?)),
            _ => Ok((Answer::None, store.settle(scope, report).await?)),
        }
    }

    /// Takes in the answer of the store, and wakes those that wait for it. Returns the shared
    /// circuit, if it has opened or closed.
    fn answered(
        &self,
        owned: &Owned,
        (answer, next): (Answer, Next),
        view: &View,
        now: Moment,
    ) -> Option<CircuitView> {
        let mut inner = self.inner();
        inner.answered_at = Some(now);
        if matches!(next, Next::Beat) {
            inner.beat_at = now;
        }
        let is_lost = inner.store_state.replace(view.state) != Some(view.state);
        // A store that has lost its data hears of the others soon.
        let known = if is_lost { inner.replicas } else { 1 };
        inner.replicas = view.replicas.max(known);
        if is_lost && self.shares(Part::Limits) {
            // This state does not know what this replica has taken.
            let state = owned.state();
            let (requests, tokens) = (state.requests.taken(now), state.tokens.taken(now));
            let ordered = inner.line.ordered();
            (inner.pending.requests, inner.pending.tokens) = (0, 0);
            inner.pending.used(requests, tokens, now);
            inner.pending.used(ordered.requests, ordered.tokens, now);
        }
        let circuit = inner.circuit.follow(view.circuit).then_some(view.circuit);
        let mut wakers = std::mem::take(&mut inner.watching);
        match (answer, next) {
            (Answer::Placed(placed), Next::Order(order)) => {
                wakers.append(&mut inner.placed(&placed, &order, now));
            }
            (Answer::Granted(granted), _) => {
                let is_unused = inner.circuit.answered(granted, now);
                inner.pending.ended_probe(is_unused, now);
            }
            _ => {}
        }
        drop(inner);
        wake(wakers);
        circuit
    }
}

impl Inner {
    fn placed(&mut self, placed: &Placed, order: &Order, now: Moment) -> Vec<Waker> {
        let given: Vec<_> = placed
            .waits
            .iter()
            .zip(&order.costs)
            .map(|(wait, cost)| super::Place {
                at: now.after((*wait).min(LONGEST_WAIT)),
                cost: *cost,
            })
            .collect();
        self.line.answered(now, &placed.waits, placed.refused);
        let mut wakers = self.line.add(&given);
        wakers.append(&mut self.line.hopeless(now));
        wakers
    }
}
