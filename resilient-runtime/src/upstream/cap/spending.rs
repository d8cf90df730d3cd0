//! The caps of an upstream in the way of its attempts: refused before anything is taken, counted
//! when they are sent and when they end.

use super::{counters::Level, wall};
use crate::{
    Money, Rejection, Upstream, UpstreamConfig,
    cap::CapUsage,
    clock::Moment,
    event::{EventKind, WaitsFor},
    item,
    upstream::{
        permit::{Ahead, Permit, Resources, Taken},
        spent::Spent,
        state::UpstreamState,
    },
};
use std::time::Duration;

/// A cap that is reached: nothing is sent before its window ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CapRefusal {
    usage: CapUsage,
    /// The time until the window ends.
    pub(crate) wait: Duration,
}

impl CapRefusal {
    pub(crate) fn rejection(&self, upstream: &Upstream) -> Rejection {
        let CapUsage { cap, ends, .. } = self.usage;
        let name = upstream.config().name.clone();
        Rejection::cap_reached(name, cap.to_string(), (ends, self.usage.end()), self.wait)
    }
}

impl UpstreamState {
    /// Takes the caps of these settings.
    pub(in crate::upstream) fn set_caps(&self, config: &UpstreamConfig) {
        let all = [&config.caps, &config.key_caps];
        let is_any = config.price.is_some() || all.iter().any(|caps| !caps.is_empty());
        if is_any || self.spending.caps.is_counting() {
            let own = if self.has_key() {
                &config.key_caps
            } else {
                &config.caps
            };
            self.spending.caps.set(own, wall::now());
        }
    }

    /// The cap that lets nothing through now: of the key, or of the whole upstream.
    #[inline]
    pub(crate) fn cap_reached(&self, upstream: &Upstream) -> Option<CapRefusal> {
        if !self.spending.caps.is_counting() {
            return None;
        }
        self.reached_one(upstream)
    }

    #[cold]
    fn reached_one(&self, upstream: &Upstream) -> Option<CapRefusal> {
        let now = wall::now();
        let own = self.spending.caps.reached(now);
        let all = self
            .of_all(upstream)
            .and_then(|it| it.spending.caps.reached(now));
        let usage = own.into_iter().chain(all).max_by_key(|it| it.ends)?;
        let wait = usage.ends.duration_since(wall::system_time());
        Some(CapRefusal {
            usage,
            wait: wait.unwrap_or_default(),
        })
    }

    /// The state whose caps are for all calls of the upstream, seen from a key.
    fn of_all<'u>(&self, upstream: &'u Upstream) -> Option<&'u Self> {
        self.has_key().then(|| upstream.shared())
    }

    /// Admits the attempt if it need not wait, with the caps.
    #[cold]
    pub(in crate::upstream) fn try_admit_with_caps(
        &self,
        upstream: &Upstream,
        cost: u64,
        now: Moment,
    ) -> Option<Permit> {
        if self.circuit.check(now).is_err() || self.is_probe_shared(upstream, now) {
            return None;
        }
        let place = self.try_place(upstream, cost, now).ok()?;
        let mut taken = Taken::new(upstream, self);
        self.take_with_caps(upstream, &mut taken.resources, cost, now, Ahead::NONE)
            .ok()?;
        place.used(cost);
        taken.keep();
        self.enter(upstream, cost, now, false).ok()
    }

    /// Takes the resources of an attempt as [`take`](Self::take), and a request of the caps. That
    /// comes last, or an attempt that waits could use up a cap for a moment.
    pub(in crate::upstream) fn take_with_caps(
        &self,
        upstream: &Upstream,
        resources: &mut Resources,
        cost: u64,
        now: Moment,
        ahead: Ahead,
    ) -> Result<(), WaitsFor> {
        self.take(resources, cost, now, ahead)?;
        if self.spending.caps.is_counting() {
            self.take_cap(upstream, resources)?;
        }
        Ok(())
    }

    /// Counts the request of an attempt that is about to be sent, unless a cap is reached.
    ///
    /// # Errors
    /// One is.
    pub(in crate::upstream) fn take_cap(
        &self,
        upstream: &Upstream,
        resources: &mut Resources,
    ) -> Result<(), WaitsFor> {
        let now = wall::now();
        if !self.spending.caps.take_request(now) {
            return Err(WaitsFor::Cap);
        }
        if let Some(all) = self.of_all(upstream) {
            if !all.spending.caps.take_request(now) {
                self.spending.caps.give_back_request(now);
                return Err(WaitsFor::Cap);
            }
        }
        resources.cap = true;
        self.tell_caps(upstream);
        if let Some(all) = self.of_all(upstream) {
            all.tell_caps(upstream);
        }
        // A subscriber may panic: the resources are returned by whoever holds them.
        self.emit_caps(upstream);
        Ok(())
    }

    /// Counts the request of an attempt that is sent in shadow mode.
    #[cold]
    pub(in crate::upstream) fn count_in_shadow(&self, upstream: &Upstream) {
        let now = wall::now();
        self.spending.caps.count_request(now);
        if let Some(all) = self.of_all(upstream) {
            all.spending.caps.count_request(now);
        }
    }

    /// Takes the request of an attempt back that is not sent.
    #[cold]
    pub(in crate::upstream) fn give_back_cap(&self, upstream: &Upstream) {
        let now = wall::now();
        self.spending.caps.give_back_request(now);
        if let Some(all) = self.of_all(upstream) {
            all.spending.caps.give_back_request(now);
        }
    }

    /// The cost of an attempt, if the upstream has a price. Without a reported usage it is that of
    /// the estimate.
    pub(crate) fn price_of(&self, upstream: &Upstream, spent: Spent) -> Option<Money> {
        let price = self.settings(upstream.config()).price?;
        Some(match spent.actual {
            Some(tokens) => price.of(tokens),
            None => price.of_estimate(spent.estimated),
        })
    }

    /// Counts what an attempt has used, and reports it. Comes last: a subscriber may panic.
    #[inline]
    pub(crate) fn spend_and_report(&self, upstream: &Upstream, spent: Spent) {
        if self.spend_of_caps(upstream, spent) {
            self.emit_caps(upstream);
        }
    }

    /// Counts what an attempt has used, and returns whether it is to be reported.
    #[inline]
    pub(in crate::upstream) fn spend_of_caps(&self, upstream: &Upstream, spent: Spent) -> bool {
        let is_counted = self.spending.caps.is_counting() && spent.is_counted();
        if is_counted {
            self.count_spending(upstream, spent);
            self.settle_with_others(upstream, spent.estimated, spent.used());
        }
        is_counted
    }

    #[cold]
    fn count_spending(&self, upstream: &Upstream, spent: Spent) {
        let now = wall::now();
        let money = self.price_of(upstream, spent);
        if let Some(money) = money {
            item::costs(money);
        }
        let states = [Some(self), self.of_all(upstream)];
        for state in states.into_iter().flatten() {
            state.spending.caps.spend(spent.used(), money, now);
            state.tell_caps(upstream);
        }
    }

    /// Reports uses that have come near a cap or reached it. Waiting attempts look again.
    #[cold]
    #[inline(never)]
    pub(in crate::upstream) fn emit_caps(&self, upstream: &Upstream) {
        let now = wall::now();
        let states = [Some(self), self.of_all(upstream)];
        for state in states.into_iter().flatten() {
            for report in state.spending.caps.take_reports(now) {
                let usage = report.usage;
                if report.level == Level::Reached {
                    state.wake_for_cap(upstream);
                }
                state.origin(upstream).emit(match report.level {
                    Level::Reached => EventKind::CapReached { usage },
                    Level::Nearing | Level::Low => EventKind::CapNearing { usage },
                });
            }
        }
    }

    /// Attempts that wait for anything else are refused now.
    fn wake_for_cap(&self, upstream: &Upstream) {
        if self.has_key() {
            self.gate.notify_changed();
        } else {
            upstream.running().for_each(|it| it.gate.notify_changed());
        }
    }

    /// The use of its caps.
    pub(in crate::upstream) fn cap_usage(&self) -> Vec<CapUsage> {
        if self.spending.caps.is_counting() {
            self.spending.caps.usage(wall::now())
        } else {
            Vec::new()
        }
    }

    /// Whether eviction would lose a count.
    pub(in crate::upstream) fn has_used_caps(&self) -> bool {
        self.spending.caps.is_counting() && self.spending.caps.is_used(wall::now())
    }
}
