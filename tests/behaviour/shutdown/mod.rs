//! `shutdown` ends waits, lets attempts in flight end, and makes no further attempt.

mod races;
mod runs;
mod waits;

use resilient_runtime::{Backoff, Class, GiveUp, Jitter, Policy, Processed, shutdown};
use resilient_tests::Failure;
use std::time::Duration;
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);
const SLOW: Policy =
    Policy::new().backoff(Backoff::fixed(Duration::from_secs(1_000)).jitter(Jitter::None));

/// Ends after this time, with a shutdown.
async fn shutdown_after(time: Duration) {
    sleep(time).await;
    shutdown();
}

/// A rejection with the wait that ended.
fn is_cancelled(error: &Failure) {
    assert_eq!(error.class(), Class::Cancelled);
    assert_eq!(error.classification.processed, Processed::No);
    assert_eq!(error.history().gave_up, Some(GiveUp::ShutDown));
    assert!(error.history().attempts.is_empty());
}
