//! The expressions that `upstream = expr` accepts.

use crate::{Policy, upstream::Upstream};
use std::{ops::Deref, sync::Arc};

/// A reference to an upstream: a static, a `&Upstream` or an `Arc<Upstream>`.
#[diagnostic::on_unimplemented(
    message = "expected an upstream: a static `Upstream`, a `&Upstream` or an `Arc<Upstream>`, not `{Self}`",
    label = "not an upstream"
)]
pub trait AsUpstream<'a> {
    /// The reference held during the call. It borrows from the expression only if that is the
    /// upstream itself.
    type Held: Deref<Target = Upstream>;
    /// Returns that reference.
    fn as_upstream(&'a self) -> Self::Held;
}

#[diagnostic::do_not_recommend]
impl<'a> AsUpstream<'a> for Upstream {
    type Held = &'a Self;

    #[inline]
    fn as_upstream(&'a self) -> &'a Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<'u> AsUpstream<'_> for &'u Upstream {
    type Held = &'u Upstream;

    #[inline]
    fn as_upstream(&self) -> &'u Upstream {
        self
    }
}

#[diagnostic::do_not_recommend]
impl AsUpstream<'_> for Arc<Upstream> {
    type Held = Self;

    #[inline]
    fn as_upstream(&self) -> Self {
        Self::clone(self)
    }
}

/// The upstream of `upstream = expr`, evaluated once per call.
#[inline]
pub fn as_upstream<'a, U: AsUpstream<'a>>(upstream: &'a U) -> U::Held {
    upstream.as_upstream()
}

/// The policy that the attribute's arguments override.
#[inline]
pub fn policy_of(upstream: &Upstream) -> &Policy {
    &upstream.config().policy
}
