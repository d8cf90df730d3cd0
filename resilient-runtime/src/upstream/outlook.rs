//! The outlook of an attempt that waits for admission, for the item of a bulk run that makes it.

use crate::{
    call_site::CallSite,
    clock::Moment,
    event::{CircuitCause, WaitsFor},
    item,
    upstream::{
        handle::UpstreamHandle,
        rate::{RateLimit, Refused},
    },
};
use std::time::Duration;

impl UpstreamHandle<'_> {
    /// Reports that an attempt waits, and until when, as far as that is known.
    pub(super) fn report_wait(&self, waits_for: WaitsFor) {
        if item::is_inside() {
            item::waits(waits_for, self.wait_ends(waits_for, Moment::now()));
        }
    }

    /// Whether a call waits for the breaker because an item of a bulk run makes it. None does if no
    /// call can succeed, as after an exhausted quota: then the run stops.
    pub(super) fn item_waits_for_breaker(&self, site: &CallSite) -> bool {
        item::is_inside()
            && site.waits_for_breaker_in_item()
            && !matches!(self.shared.circuit.cause(), Some(CircuitCause::Class(_)))
    }

    fn wait_ends(&self, waits_for: WaitsFor, now: Moment) -> Moment {
        let shared = self.shared;
        let wait = match waits_for {
            WaitsFor::Gate => shared.gate.closed(now),
            WaitsFor::Breaker => shared.circuit.check(now).err(),
            WaitsFor::Requests => {
                let place = shared.wait_of_place(self.upstream, now);
                place.max(wait_of_first(&shared.requests, 1, now))
            }
            WaitsFor::Tokens => {
                let place = shared.wait_of_place(self.upstream, now);
                place.max(wait_of_first(&shared.tokens, self.cost, now))
            }
            WaitsFor::Concurrency | WaitsFor::Budget | WaitsFor::Cap => None,
        };
        wait.map_or(Moment::UNSET, |wait| now.after(wait))
    }
}

/// The wait of the first in the queue of a limit.
fn wait_of_first(limit: &RateLimit, cost: u64, now: Moment) -> Option<Duration> {
    match limit.first_refusal(cost, now) {
        Some(Refused::Wait(wait)) => Some(wait),
        Some(Refused::Reading { next }) => next,
        _ => None,
    }
}
