//! No item of a bulk run.

use crate::{Class, Money, Tokens, clock::Moment, statistics::WaitReason};

/// Whether the code that runs now is part of an item.
#[inline(always)]
pub(crate) const fn is_inside() -> bool {
    false
}

/// A call waits.
#[inline(always)]
pub(crate) fn waits(_: impl Into<WaitReason>, _: Moment) {}

/// A call has failed.
#[inline(always)]
pub(crate) const fn failed(_: Class) {}

/// A call has used tokens.
#[inline(always)]
pub(crate) const fn spends(_: Tokens) {}

/// A call has cost this much.
#[inline(always)]
pub(crate) const fn costs(_: Money) {}
