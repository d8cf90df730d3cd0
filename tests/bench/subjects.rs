//! The ways to write one call with this crate, and the floor: up to five attempts of at most a
//! minute each, no delay between them.

use crate::{
    body::{Failure, Script, fetch},
    floor::Lazy,
};
use resilient_runtime::{Backoff, Policy, call, resilient};
use std::time::Duration;

pub(crate) fn floor(script: &Script) -> impl Future<Output = Result<u32, Failure>> {
    Lazy::new(move || fetch(script))
}

static AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));
static DEFAULT: Policy = Policy::new();

#[resilient]
pub(crate) async fn by_attribute(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[resilient(policy = &AT_ONCE)]
pub(crate) async fn by_attribute_at_once(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

/// Apart from the one that fails, whose server counts as degraded for a while.
#[resilient(policy = &AT_ONCE)]
pub(crate) async fn by_policy(script: &Script) -> Result<u32, Failure> {
    fetch(script).await
}

#[expect(
    clippy::manual_async_fn,
    reason = "another layer would be measured too"
)]
pub(crate) fn by_call(script: &Script) -> impl Future<Output = Result<u32, Failure>> {
    call!(&DEFAULT, "by_call", async { fetch(script).await })
}

#[expect(
    clippy::manual_async_fn,
    reason = "another layer would be measured too"
)]
pub(crate) fn by_call_at_once(script: &Script) -> impl Future<Output = Result<u32, Failure>> {
    call!(&AT_ONCE, "by_call_at_once", async { fetch(script).await })
}
