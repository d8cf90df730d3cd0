//! No scope.

use std::marker::PhantomData;

/// Tells a shared state from others.
#[derive(Debug)]
pub(crate) struct Identity;

impl Identity {
    pub(crate) const fn new() -> Self {
        Self
    }
}

/// The shared state itself.
#[inline(always)]
pub(crate) fn fresh<'a, T>(_: &Identity, own: &'a T, _: impl FnOnce() -> T) -> &'a T {
    own
}

/// Nothing stands in for a state.
#[derive(Debug)]
pub(crate) struct StandIn<T>(PhantomData<fn() -> T>);

#[expect(clippy::unused_self, reason = "the stand-in of the kit has a value")]
impl<T> StandIn<T> {
    pub(crate) fn here(_: &Identity, _: impl FnOnce() -> T) -> Self {
        Self(PhantomData)
    }

    #[inline(always)]
    pub(crate) const fn or<'a>(&self, own: &'a T) -> &'a T {
        own
    }
}

/// Whether waits take time.
#[inline(always)]
pub(crate) const fn has_waits() -> bool {
    true
}
