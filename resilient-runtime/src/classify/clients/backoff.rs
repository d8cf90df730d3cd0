//! Stage classify: the errors of the `backoff` crate.

use crate::{
    Classification, Classify, Retryable,
    failure::{ServerWait, WaitOrigin},
};

/// What the inner error says, with the caller's word on whether to retry: `Permanent` is final, `Transient` is
/// retried, after `retry_after` if it names one.
impl<E: Classify> Classify for ::backoff::Error<E> {
    fn classify(&self) -> Classification {
        match self {
            Self::Permanent(error) => error.classify().retryable(Retryable::No),
            Self::Transient { err, retry_after } => {
                let mut classification = err.classify().retryable(Retryable::Yes);
                if let Some(wait) = *retry_after {
                    classification.wait = Some(ServerWait::new(wait, WaitOrigin::Error));
                }
                classification
            }
        }
    }
}
