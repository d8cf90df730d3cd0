//! The expressions that `failover = expr` accepts.

use super::Failover;
use crate::{Policy, upstream::policy_of};
use std::sync::LazyLock;

/// A reference to a failover: a static `Failover`, or a `&'static Failover`.
#[diagnostic::on_unimplemented(
    message = "expected a failover: a static `Failover` or a `&'static Failover`, not `{Self}`",
    label = "not a failover"
)]
pub trait AsFailover<'a> {
    /// The failover.
    fn as_failover(&'a self) -> &'static Failover;
}

#[diagnostic::do_not_recommend]
impl AsFailover<'static> for Failover {
    #[inline]
    fn as_failover(&'static self) -> &'static Failover {
        self
    }
}

#[diagnostic::do_not_recommend]
impl AsFailover<'static> for LazyLock<Failover> {
    #[inline]
    fn as_failover(&'static self) -> &'static Failover {
        self
    }
}

#[diagnostic::do_not_recommend]
impl AsFailover<'_> for &'static Failover {
    #[inline]
    fn as_failover(&self) -> &'static Failover {
        self
    }
}

/// The policy that computed arguments of the attribute override: that of the first target.
pub fn policy_of_first(failover: &'static Failover) -> &'static Policy {
    policy_of(failover.state().target(0).upstream())
}

/// The failover of `failover = expr`, evaluated once per call.
#[inline]
pub fn as_failover<'a, F: AsFailover<'a>>(failover: &'a F) -> &'static Failover {
    failover.as_failover()
}
