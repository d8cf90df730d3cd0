//! Return types that are not a `Result`, or with an error that is not `Classify` or not
//! `From<Rejection>`: reported at the return type.

use resilient_runtime::{CallError, Classification, Classify, Rejection, resilient};
use std::{future::Future, pin::Pin};

struct Foreign;

struct OnlyClassified;

impl Classify for OnlyClassified {
    fn classify(&self) -> Classification {
        Classification::of_status(503)
    }
}

struct OnlyHolds;

impl From<Rejection> for OnlyHolds {
    fn from(_: Rejection) -> Self {
        Self
    }
}

#[resilient]
async fn neither() -> Result<(), Foreign> {
    Ok(())
}

#[resilient]
async fn not_classified() -> Result<(), OnlyHolds> {
    Ok(())
}

#[resilient]
async fn cannot_hold_a_rejection() -> Result<(), OnlyClassified> {
    Ok(())
}

#[resilient]
async fn string_without_classify() -> Result<(), String> {
    Ok(())
}

#[resilient(classify = |_| Classification::of_status(503))]
async fn classified_but_cannot_hold_a_rejection() -> Result<(), Foreign> {
    Ok(())
}

#[resilient]
async fn foreign_in_a_call_error() -> Result<(), CallError<Foreign>> {
    Ok(())
}

#[resilient]
fn boxed() -> Pin<Box<dyn Future<Output = Result<(), OnlyHolds>> + Send>> {
    Box::pin(async { Ok(()) })
}

#[resilient]
fn of_an_impl_future() -> impl Future<Output = Result<(), OnlyHolds>> {
    async { Ok(()) }
}

#[resilient]
async fn option() -> Option<u32> {
    None
}

#[resilient]
async fn number() -> u32 {
    0
}

#[resilient]
async fn reference(text: &str) -> &str {
    text
}

fn main() {}
