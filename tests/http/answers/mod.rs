//! Answers of real providers: the class, the decision, the wait, and the fields that help to find
//! the cause.

mod hostile;
mod kinds;
mod mended;
mod provider_bodies;
mod recorded;
mod reported;
mod shown;
mod success;
mod verdict;
mod wait;
mod words;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use resilient_runtime::{
    Classification, Policy,
    decide::{Decision, Situation, decide},
};
use std::time::Duration;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        let name: HeaderName = name.parse().unwrap();
        (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    pairs.iter().map(pair).collect()
}

fn answer(status: u16, pairs: &[(&str, &str)], body: &str) -> Classification {
    let status = StatusCode::from_u16(status).unwrap();
    Classification::from_answer(status, &headers(pairs), body.as_bytes())
}

fn wait(failure: &Classification) -> Option<Duration> {
    Some(failure.wait?.duration)
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// The decision of the default policy after the first attempt.
fn verdict(failure: &Classification) -> Decision {
    let policy = Policy::DEFAULT;
    let schedule = &mut policy.backoff.clone();
    decide(&policy, failure, &Situation::after(1), schedule)
}

fn is_retried(failure: &Classification) -> bool {
    matches!(verdict(failure), Decision::Retry { .. })
}
