//! The meaning of the arguments together: which policy and which upstream they describe, and the
//! combinations that contradict each other or can never take effect.

mod retries;
mod shared;
mod times;

use super::{Args, Backoff, Cell, Steps, Value};
use crate::text::errors::Errors;
use proc_macro2::TokenStream;

/// The policy below the attribute.
#[derive(Clone, Copy)]
pub(crate) enum Base<'a> {
    /// The built-in one.
    BuiltIn,
    /// `policy = expr`
    Expr(&'a TokenStream),
    /// The policy of the upstream.
    Upstream,
}

/// The upstream that calls go through.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// `upstream = expr`
    Shared(&'a TokenStream),
    /// The limits of this function alone.
    Own,
    /// `failover = expr`
    Failover(&'a TokenStream),
}

/// Reports arguments that contradict each other, or can never take effect.
pub(super) fn check(args: &Args, errors: &mut Errors) {
    retries::check(args, errors);
    shared::check(args, errors);
}

impl Args {
    pub(crate) fn base(&self) -> Base<'_> {
        let shared = self.upstream.value().or(self.failover.value());
        match (self.policy.value(), shared) {
            (Some(policy), _) => Base::Expr(policy),
            (None, Some(_)) => Base::Upstream,
            (None, None) => Base::BuiltIn,
        }
    }

    /// Whether the policy below is the built-in one, whose numbers are known.
    pub(crate) fn is_on_built_in(&self) -> bool {
        self.policy.is_empty() && self.upstream.is_empty() && self.failover.is_empty()
    }

    /// Whether every number of the policy is known at expansion.
    pub(crate) fn has_constant_policy(&self) -> bool {
        is_constant(&self.attempts)
            && is_constant(&self.timeout)
            && is_constant(&self.deadline)
            && is_constant(&self.first)
            && is_constant(&self.idle)
            && is_constant(&self.max_retry_after)
            && is_constant(&self.budget)
            && self.steps().are_constant()
            && self.on.iter().all(|rule| {
                let settings = &rule.value.settings;
                is_constant(&settings.attempts) && settings.steps.are_constant()
            })
    }

    pub(crate) fn source(&self) -> Option<Source<'_>> {
        let has_own = !(self.breaker.is_empty()
            && self.requests.is_empty()
            && self.tokens.is_empty()
            && self.concurrency.is_empty());
        match (self.upstream.value(), self.failover.value()) {
            (Some(upstream), _) => Some(Source::Shared(upstream)),
            (None, Some(failover)) => Some(Source::Failover(failover)),
            (None, None) => has_own.then_some(Source::Own),
        }
    }

    /// The settings of `backoff(..)`.
    pub(crate) fn steps(&self) -> &Steps {
        match self.backoff.value() {
            Some(Backoff::Steps(steps)) => steps,
            Some(Backoff::Schedule(_)) | None => Steps::NONE,
        }
    }

    /// The schedule of `backoff = expr`.
    pub(crate) fn schedule(&self) -> Option<&TokenStream> {
        match self.backoff.value() {
            Some(Backoff::Schedule(schedule)) => Some(schedule),
            Some(Backoff::Steps(_)) | None => None,
        }
    }
}

impl Steps {
    fn are_constant(&self) -> bool {
        is_constant(&self.initial) && is_constant(&self.factor) && is_constant(&self.max)
    }
}

fn is_constant<T>(cell: &Cell<Value<T>>) -> bool {
    cell.value().is_none_or(|value| value.known().is_some())
}

/// The value, if it is given and known at expansion.
pub(crate) fn known<T: Copy>(cell: &Cell<Value<T>>) -> Option<T> {
    cell.value().and_then(Value::known).copied()
}
