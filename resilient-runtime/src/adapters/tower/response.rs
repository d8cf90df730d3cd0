//! Judgement of the responses of a service.

use crate::{
    Classification,
    call::{Answer, ClassifyOk},
};

/// By the status of a response, and by the gRPC status in its headers.
#[derive(Clone, Copy, Debug)]
pub struct ByStatus(());

impl ByStatus {
    pub(super) const NEW: Self = Self(());
}

impl<T: Answer> ClassifyOk<T> for ByStatus {
    fn classify_ok(&self, value: &T) -> Option<Classification> {
        value.failure()
    }
}

/// Every response is a success.
#[derive(Clone, Copy, Debug)]
pub struct TrustResponse(());

impl TrustResponse {
    pub(super) const NEW: Self = Self(());
}

impl<T> ClassifyOk<T> for TrustResponse {
    fn classify_ok(&self, _: &T) -> Option<Classification> {
        None
    }
}

/// By a function.
#[derive(Clone, Copy)]
pub struct ByFailure<G>(G);

impl<G> ByFailure<G> {
    pub(super) const fn new(classify: G) -> Self {
        Self(classify)
    }
}

impl<T, G: Fn(&T) -> Option<Classification>> ClassifyOk<T> for ByFailure<G> {
    fn classify_ok(&self, value: &T) -> Option<Classification> {
        (self.0)(value)
    }
}

impl<G> std::fmt::Debug for ByFailure<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad("ByFailure")
    }
}
