//! The reasons of a failed call as labels of metrics.

use super::GiveUp;

impl GiveUp {
    /// The reason in snake case, as used in metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotRetryable => "not_retryable",
            Self::Forbidden => "forbidden",
            Self::MaybeProcessed => "maybe_processed",
            Self::AttemptsUsedUp => "attempts",
            Self::RetriedInside => "retried_inside",
            Self::ScheduleEnded => "schedule",
            Self::WaitTooLong { .. } => "retry_after",
            Self::Deadline | Self::NoTimeLeft { .. } => "deadline",
            Self::BudgetSpent | Self::DeadlineWhileDeferred { .. } => "budget",
            Self::Begun => "begun",
            Self::ResumesUsedUp => "resumes",
            Self::ShutDown => "shut_down",
            Self::RetriesOff => "retries_off",
            Self::UpstreamOff => "upstream_off",
            Self::Refused { .. } => "refused",
        }
    }
}
