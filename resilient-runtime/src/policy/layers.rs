//! The policy of a call, held by reference: a base, and the arguments of the attribute as a layer
//! on top.

use super::Policy;
use std::{borrow::Cow, time::Duration};

/// The constant arguments of an attribute, as a layer over a policy that is known at run time.
///
/// A call that succeeds needs at most the two times; the whole policy is put together only for a
/// call that has failed.
#[derive(Debug)]
#[expect(clippy::option_option, reason = "not set, set to none, or a time")]
pub struct Layer {
    pub(super) apply: fn(Policy) -> Policy,
    pub(super) timeout: Option<Option<Duration>>,
    pub(super) deadline: Option<Option<Duration>>,
}

impl Layer {
    /// The layer that `apply` puts on a policy.
    pub const fn new(apply: fn(Policy) -> Policy) -> Self {
        Self {
            apply,
            timeout: None,
            deadline: None,
        }
    }

    /// Says which timeout `apply` sets; `None` for none.
    pub const fn timeout(self, timeout: Option<Duration>) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    /// Says which deadline `apply` sets; `None` for none.
    pub const fn deadline(self, deadline: Option<Duration>) -> Self {
        Self {
            deadline: Some(deadline),
            ..self
        }
    }
}

/// The policy of an upstream, where a configuration would have values for it.
#[cfg(not(feature = "config"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpstreamPolicyRef<'p>(pub(crate) std::marker::PhantomData<&'p Policy>);

/// The policy of a call: a base and perhaps a layer, both by reference.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRef<'p> {
    pub(super) base: &'p Policy,
    pub(super) layer: Option<&'p Layer>,
    #[cfg(feature = "config")]
    pub(super) by: Option<super::overlay::ConfiguredBy<'p>>,
}

impl<'p> PolicyRef<'p> {
    /// The policy `base` under `layer`.
    #[inline]
    pub(crate) const fn new(base: &'p Policy, layer: Option<&'p Layer>) -> Self {
        Self {
            base,
            layer,
            #[cfg(feature = "config")]
            by: None,
        }
    }

    /// The longest that one attempt may take.
    #[inline]
    pub(crate) fn timeout(self) -> Option<Duration> {
        if let Some(policy) = changed(self) {
            return policy.timeout;
        }
        #[cfg(feature = "config")]
        if let Some(timeout) = self.configured_timeout() {
            return timeout;
        }
        let layer = self.layer.and_then(|layer| layer.timeout);
        layer.unwrap_or(self.base.timeout)
    }

    /// The longest that the call may take.
    #[inline]
    pub(crate) fn deadline(self) -> Option<Duration> {
        if let Some(policy) = changed(self) {
            return policy.deadline;
        }
        #[cfg(feature = "config")]
        if let Some(deadline) = self.configured_deadline() {
            return deadline;
        }
        let layer = self.layer.and_then(|layer| layer.deadline);
        layer.unwrap_or(self.base.deadline)
    }

    /// The whole policy. Copies it if there is a layer, so it is for calls that have failed.
    #[inline]
    pub(crate) fn effective(self) -> Cow<'p, Policy> {
        if let Some(policy) = changed(self) {
            return Cow::Owned(policy);
        }
        self.current()
    }

    /// The whole policy, without the change of a test.
    #[cfg(not(feature = "config"))]
    #[inline]
    fn current(self) -> Cow<'p, Policy> {
        self.own()
    }

    /// The policy below the layer.
    #[cfg(feature = "config")]
    pub(crate) const fn base(self) -> &'p Policy {
        self.base
    }

    /// Whether the policy below the layer is like this one.
    pub(crate) fn is_based_on(self, base: &Policy) -> bool {
        self.base == base
    }

    /// The whole policy as the code has it: without the change of a test or of a configuration.
    pub(crate) fn own(self) -> Cow<'p, Policy> {
        match self.layer {
            None => Cow::Borrowed(self.base),
            Some(layer) => Cow::Owned((layer.apply)(*self.base)),
        }
    }
}

/// A change of every policy, by a test.
#[cfg(feature = "testing")]
pub(crate) struct PolicyChange(pub(crate) Box<dyn Fn(Policy) -> Policy + Send + Sync>);

/// The policy that a test puts in place of this one.
#[cfg(feature = "testing")]
fn changed(policy: PolicyRef<'_>) -> Option<Policy> {
    let change = crate::scope::get::<PolicyChange>()?;
    Some((change.0)(*policy.current()))
}

/// No test does.
#[cfg(not(feature = "testing"))]
#[inline(always)]
const fn changed(_: PolicyRef<'_>) -> Option<Policy> {
    None
}
