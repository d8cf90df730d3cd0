//! Plain data about failures. It depends only on [`redact`](crate::redact) and
//! [`clock`](crate::clock).

mod attempts;
mod class;
mod classification;
mod classify;
mod delay_source;
mod from_rejection;
#[cfg(any(feature = "http", feature = "tonic-014"))]
pub(crate) mod google;
mod help;
mod history;
mod labels;
#[cfg(any(feature = "http", feature = "tonic-014"))]
pub(crate) mod name;
mod reason;
mod rejection;
mod released_by;
mod report;
mod server_limits;
mod server_wait;
mod stream_failure;
mod target;
mod tokens;

pub(crate) use attempts::{Attempts, RetriedAttempt};
pub use class::Class;
pub(crate) use class::{BreakerVote, Retried, TargetEffect};
pub use classification::{Classification, Processed, Retryable};
pub use classify::Classify;
pub use delay_source::DelaySource;
pub use from_rejection::FromRejection;
pub use history::{FailedAttempt, GiveUp, History};
pub use rejection::Rejection;
pub use released_by::ReleasedBy;
pub(crate) use report::Report;
pub use server_limits::{Quota, Resource, ServerLimits};
pub use server_wait::{ServerWait, WaitOrigin};
pub(crate) use stream_failure::StreamFailure;
#[cfg(any(feature = "metrics", feature = "opentelemetry-033"))]
pub(crate) use stream_failure::has_ended_early;
pub use target::Target;
pub(crate) use target::TargetName;
pub use tokens::Tokens;
