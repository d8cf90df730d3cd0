//! The wait of an attempt that would be sent now, for the choice between several upstreams.

use crate::{
    clock::Moment,
    event::WaitsFor,
    halt, scope,
    upstream::{handle::UpstreamHandle, rate::Refused},
};
use std::time::Duration;

/// The reason why an attempt cannot be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hindrance {
    /// It can be sent after this wait, as far as is known now.
    Wait(WaitsFor, Duration),
    /// It has to wait, for nobody knows how long.
    Unknown(WaitsFor),
    /// No wait helps: the upstream is switched off or isolated, or the attempt costs more tokens
    /// than the limit ever holds.
    Never(&'static str),
}

impl UpstreamHandle<'_> {
    /// The first hindrance of an attempt that would be sent now, in the order of admission.
    pub(crate) fn hindrance(&self, now: Moment) -> Option<Hindrance> {
        if halt::may_stop_attempts() && halt::stops_attempt(Some(self.upstream.name())).is_some() {
            return Some(Hindrance::Never("switched off"));
        }
        let shared = self.shared;
        if let Some(wait) = self.circuit_open(now).filter(|_| !shared.is_in_probe(now)) {
            return Some(match wait {
                Duration::MAX => Hindrance::Never("isolated"),
                wait => Hindrance::Wait(WaitsFor::Breaker, wait),
            });
        }
        if self.is_shadow() || !scope::has_waits() {
            return None;
        }
        if let Err(rejection) = self.check_caps() {
            let wait = rejection.wait().unwrap_or(Duration::MAX);
            return Some(Hindrance::Wait(WaitsFor::Cap, wait));
        }
        let gate = shared.gate.closed(now);
        if let Some(wait) = gate.filter(|wait| !wait.is_zero()) {
            return Some(Hindrance::Wait(WaitsFor::Gate, wait));
        }
        let concurrency = &shared.concurrency;
        if concurrency.is_limited() && concurrency.in_use() >= concurrency.limit() {
            return Some(Hindrance::Unknown(WaitsFor::Concurrency));
        }
        let requests = shared.requests.refusal(1, now);
        let tokens = shared.tokens.refusal(self.cost, now);
        let requests = requests.map(|refused| of_limit(WaitsFor::Requests, refused));
        let tokens = tokens.map(|refused| of_limit(WaitsFor::Tokens, refused));
        let place = shared.wait_of_place(self.upstream, now);
        let place = place.map(|wait| Hindrance::Wait(WaitsFor::Requests, wait));
        longer(place, longer(requests, tokens))
    }
}

const fn of_limit(limit: WaitsFor, refused: Refused) -> Hindrance {
    match refused {
        Refused::Wait(wait) | Refused::Reading { next: Some(wait) } => Hindrance::Wait(limit, wait),
        Refused::Reading { next: None } => Hindrance::Unknown(limit),
        Refused::Never { .. } => Hindrance::Never("too costly"),
    }
}

/// The hindrance that lasts longer.
fn longer(a: Option<Hindrance>, b: Option<Hindrance>) -> Option<Hindrance> {
    let length = |it: &Option<Hindrance>| match it {
        None => Duration::ZERO,
        Some(Hindrance::Wait(_, wait)) => *wait,
        Some(Hindrance::Unknown(_)) => Duration::MAX.saturating_sub(Duration::from_nanos(1)),
        Some(Hindrance::Never(_)) => Duration::MAX,
    };
    if length(&b) > length(&a) { b } else { a }
}
