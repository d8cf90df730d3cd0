//! An upstream whose state no other process shares: without the feature, nothing is asked of
//! others or told to them.
#![expect(
    clippy::unused_self,
    clippy::unused_async,
    clippy::unnecessary_wraps,
    reason = "with the feature, others are asked"
)]

use crate::{
    Rejection, ServerLimits, SharingSnapshot, Upstream,
    clock::Moment,
    upstream::{admission::Admission, breaker::Change, permit::Taken, state::UpstreamState},
};
use std::time::Duration;

/// The place of an attempt: none is needed.
pub(crate) struct HeldPlace;

impl HeldPlace {
    pub(crate) const NONE: Self = Self;

    pub(crate) const fn is_outdated(&self) -> bool {
        false
    }

    pub(crate) const fn used(self, _cost: u64) {}
}

/// The right to send a probe: none is needed.
pub(crate) struct ProbeLease;

impl ProbeLease {
    pub(crate) const NONE: Self = Self;

    pub(crate) const fn used(self) {}
}

impl UpstreamState {
    pub(super) const fn try_place(&self, _: &Upstream, _: u64, _: Moment) -> Result<HeldPlace, ()> {
        Ok(HeldPlace::NONE)
    }

    pub(super) const fn sharing(&self, _: Moment) -> Option<SharingSnapshot> {
        None
    }

    pub(super) const fn limits_changed(&self) {}

    pub(super) const fn is_probe_shared(&self, _: &Upstream, _: Moment) -> bool {
        false
    }

    pub(super) const fn wait_of_place(&self, _: &Upstream, _: Moment) -> Option<Duration> {
        None
    }

    pub(super) const fn settle_with_others(&self, _: &Upstream, _: u64, _: u64) {}

    pub(super) const fn unsent_with_others(&self, _: &Upstream, _: u64) {}

    pub(super) const fn tell_caps(&self, _: &Upstream) {}

    pub(super) const fn tell_pause(&self, _: &Upstream, _: Duration) {}

    pub(super) const fn tell_limits(&self, _: &Upstream, _: &ServerLimits) {}

    pub(super) const fn tell_circuit(&self, _: &Upstream, _: &Change) {}

    pub(super) const fn tell_waiting(&self, _: &Upstream) {}
}

impl Admission<'_> {
    pub(super) async fn place(&mut self, _: &mut Taken<'_>) -> Result<HeldPlace, Rejection> {
        Ok(HeldPlace::NONE)
    }

    pub(super) async fn probe(&mut self) -> Result<ProbeLease, Rejection> {
        Ok(ProbeLease::NONE)
    }
}
