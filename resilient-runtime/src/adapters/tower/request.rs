//! Copies of a request, one for each attempt.

/// Makes copies of a request.
#[diagnostic::on_unimplemented(
    message = "the request `{Q}` is not `Clone`, so an attempt would have no copy of it",
    note = "say how it is copied: `ResilientLayer::request(|request| ..)`"
)]
pub trait CopyRequest<Q> {
    /// A copy; `None` if the request cannot be sent again.
    fn copy(&self, request: &Q) -> Option<Q>;
}

/// By `Clone`.
#[derive(Clone, Copy, Debug)]
pub struct ByClone(());

impl ByClone {
    pub(super) const NEW: Self = Self(());
}

impl<Q: Clone> CopyRequest<Q> for ByClone {
    fn copy(&self, request: &Q) -> Option<Q> {
        Some(request.clone())
    }
}

/// By a function.
#[derive(Clone, Copy)]
pub struct ByFunction<G>(G);

impl<G> ByFunction<G> {
    pub(super) const fn new(copy: G) -> Self {
        Self(copy)
    }
}

impl<Q, G: Fn(&Q) -> Option<Q>> CopyRequest<Q> for ByFunction<G> {
    fn copy(&self, request: &Q) -> Option<Q> {
        (self.0)(request)
    }
}

impl<G> std::fmt::Debug for ByFunction<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad("ByFunction")
    }
}
