//! The failover of one call, with its caller and cost.

use super::FailoverRoute;
use crate::{
    Failover,
    call_site::CallSite,
    clock::Moment,
    failover::{FailoverState, Place, around, bit},
    route::{PolicySource, Start},
};
use std::{fmt, sync::Arc};

/// The access of a call to its failover.
pub struct FailoverHandle {
    state: &'static FailoverState,
    cost: u64,
    caller: Option<Arc<Place>>,
}

impl FailoverHandle {
    /// Of a call without a caller.
    #[inline]
    pub fn of(failover: &'static Failover) -> Self {
        Self {
            state: failover.state(),
            cost: 0,
            caller: None,
        }
    }

    /// Sets the caller, who stays at one target with [`Failover::sticky`].
    #[inline]
    pub fn caller(mut self, key: &str) -> Self {
        let sticky = &self.state.sticky;
        if sticky.is_on() {
            self.caller = Some(sticky.place_of(key, Moment::now()));
        }
        self
    }

    /// Sets the estimated tokens per attempt.
    #[inline]
    pub fn cost(mut self, cost: u64) -> Self {
        self.cost = cost;
        self
    }
}

impl<P: PolicySource> Start<P> for FailoverHandle {
    type Route = FailoverRoute<P>;

    #[inline(always)]
    fn start(self, site: &'static CallSite, policy: P) -> Self::Route {
        let Self {
            state,
            cost,
            caller,
        } = self;
        let lost = around::closed(state.id());
        let is_open = |index: &u8| lost & bit(*index) == 0;
        let mut present = 0;
        if state.sticky.is_on() {
            present = state
                .sticky
                .target(caller.as_deref(), Moment::now())
                .unwrap_or(0);
        }
        if !is_open(&present) {
            let targets = state.targets.iter().zip(0..);
            let open = targets.map(|(_, index)| index).find(is_open);
            present = open.unwrap_or(0);
        }
        let handle = state.target(present).handle(cost);
        FailoverRoute {
            inner: handle.start(site, policy),
            policy,
            state,
            caller,
            present,
            visited: 0,
            has_preferred: false,
            left: 0,
            is_moving: false,
            stayed: 0,
            tried: 0,
            lost,
            failed_with: None,
        }
    }
}

impl fmt::Debug for FailoverHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailoverHandle")
            .field("failover", &self.state.settings.name)
            .finish_non_exhaustive()
    }
}
