//! The circuit breaker: votes, versions, and probes.

use super::{SECOND, Step};

/// Two reports of one break differ by less, since they take different times to arrive.
const SAME_BREAK: f64 = 0.25 * SECOND;

impl Step<'_> {
    /// Closes or opens the circuit. What was decided for another version changes nothing.
    pub(super) fn circuit(&mut self) {
        let (now, input) = (self.now, self.input);
        let state = &mut *self.state;
        let own = &mut self.own;
        own.has_calls = input.has_calls || input.break_left > 0.0;
        own.leases_until = own.leases_until.min(now + input.probe_timeout);
        if is(own.leases_version, state.version) {
            own.leases = (own.leases - input.unused_probes).max(0.0);
        }
        if state.is_open && input.closes.is_some_and(|closes| is(closes, state.version)) {
            state.is_open = false;
            state.version += 1.0;
            state.until = 0.0;
        } else if state.is_open && input.reopens.is_some_and(|own| is(own, state.version)) {
            state.version += 1.0;
            state.until = now + input.break_left;
        }
        if input.reopens.is_none() && input.break_left > 0.0 {
            let vote = now + input.break_left;
            // A break from before the circuit was closed does not open it again.
            if (vote - own.vote).abs() > SAME_BREAK {
                own.vote_version = state.version;
            }
            own.vote = vote;
        } else {
            own.vote = 0.0;
        }
        if !state.is_open && own.votes(now, state.version) {
            self.count_votes();
        }
    }

    fn count_votes(&mut self) {
        let (now, state) = (self.now, &mut *self.state);
        let (mut votes, mut judges, mut until) = (1.0, 1.0, self.own.vote);
        for other in state.replicas.values() {
            if other.votes(now, state.version) {
                votes += 1.0;
                judges += 1.0;
                until = until.max(other.vote);
            } else if other.has_calls {
                judges += 1.0;
            }
        }
        let is_alone = state.replicas.is_empty();
        let is_quorum = votes >= 2.0 && votes * 2.0 >= judges;
        if self.input.is_for_all || is_alone || is_quorum {
            state.is_open = true;
            state.version += 1.0;
            state.until = until;
        }
    }

    /// Grants a probe, or gives the time after which it may be asked for again.
    pub(super) fn probe(&mut self) -> Option<f64> {
        let (now, state, own) = (self.now, &*self.state, &mut self.own);
        if !state.is_open {
            return Some(0.0);
        }
        if now < state.until {
            return Some(state.until - now);
        }
        if !(is(own.leases_version, state.version) && own.leases_until > now) {
            own.leases = 0.0;
        }
        let (mut leases, mut wait) = (own.leases, SECOND);
        if own.leases > 0.0 {
            wait = wait.min(own.leases_until - now);
        }
        for other in state.replicas.values() {
            let is_live = is(other.leases_version, state.version) && other.leases_until > now;
            if is_live && other.leases > 0.0 {
                leases += other.leases;
                wait = wait.min(other.leases_until - now);
            }
        }
        if leases >= self.input.probes {
            return Some(wait);
        }
        own.leases += 1.0;
        own.leases_until = now + self.input.probe_timeout;
        own.leases_version = state.version;
        None
    }
}

impl super::Replica {
    fn votes(&self, now: f64, version: f64) -> bool {
        self.vote > now && is(self.vote_version, version)
    }
}

/// Versions are whole numbers.
#[expect(clippy::float_cmp, reason = "whole numbers")]
fn is(version: f64, other: f64) -> bool {
    version == other
}
