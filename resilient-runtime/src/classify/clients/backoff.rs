//! The errors of the `backoff` crate.

use crate::{
    Classification, Classify, Retryable,
    failure::{ServerWait, WaitOrigin},
};

/// The classification of the inner error, with the caller's decision on a retry: `Permanent` is
/// final, `Transient` is retried, after `retry_after` if given.
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
