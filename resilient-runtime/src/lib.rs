//! Calls to remote APIs that survive what can be survived.

#[cfg(feature = "macros")]
pub use resilient_macros::resilient;

mod ambient;
mod attempt;
mod call;
mod class;
mod classify;
mod closure;
mod context;
pub mod decide;
mod error;
mod event;
mod history;
mod plan;
mod policy;
mod random;
mod rejection;
mod site;
mod wait;

pub use attempt::Attempt;
pub use call::Call;
pub use class::Class;
pub use classify::{Classification, Classify, Processed, Retryable, ServerWait, WaitOrigin};
pub use context::{AttemptContext, IdempotencyKey};
pub use error::CallError;
pub use history::{FailedAttempt, History};
pub use policy::{
    Backoff, BackoffKind, Delays, Jitter, Policy, PolicyError, Retry, Rule, Schedule,
};
pub use rejection::Rejection;
use site::Site;

#[doc(hidden)]
pub mod __private;
