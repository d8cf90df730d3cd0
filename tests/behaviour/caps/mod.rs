//! Caps on requests, tokens and money in windows of the calendar.

mod admission;
mod configured;
mod reports;
mod windows;

use resilient_runtime::{
    Class, Policy, Price, Rejection, Tokens, Upstream, call, record_tokens, testing::at_wall_time,
};
use resilient_tests::Failure;
use std::time::{Duration, SystemTime};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const ONCE: Policy = Policy::new().attempts(1);

/// 2026-11-29, a Sunday, in seconds since 1970.
const SUNDAY: u64 = 1_795_910_400;

/// A time of that day.
fn at(hours: u64, minutes: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(SUNDAY + hours * 3_600 + minutes * 60)
}

/// Runs a test whose calendar begins at a time of that day.
async fn from<F: Future>(hours: u64, minutes: u64, test: F) -> F::Output {
    at_wall_time(at(hours, minutes), test).await
}

type Outcome = Result<(), Failure>;

/// A call that uses these tokens.
async fn using(upstream: &Upstream, tokens: u64) -> Outcome {
    call!(upstream = upstream, policy = ONCE, async {
        if tokens > 0 {
            record_tokens(Tokens::input(tokens));
        }
        Ok(())
    })
    .await
}

/// The same by a key.
async fn using_by(upstream: &Upstream, key: &str, tokens: u64) -> Outcome {
    call!(upstream = upstream, key = key, policy = ONCE, async {
        if tokens > 0 {
            record_tokens(Tokens::input(tokens));
        }
        Ok(())
    })
    .await
}

/// The uses of all caps in words.
fn used(upstream: &Upstream) -> Vec<String> {
    let caps = upstream.snapshot().caps;
    caps.iter().map(|it| it.used.to_string()).collect()
}

fn is_refused(outcome: &Outcome) -> bool {
    matches!(outcome, Err(failure) if failure.class() == Class::CapReached)
}

/// The rejection of a call that is refused.
async fn rejection(upstream: &Upstream) -> Rejection {
    let result: Result<(), Rejected> =
        call!(upstream = upstream, policy = ONCE, async { Ok(()) }).await;
    result.unwrap_err().0
}

#[derive(Debug)]
struct Rejected(Rejection);

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}

impl resilient_runtime::Classify for Rejected {
    fn classify(&self) -> resilient_runtime::Classification {
        self.0.classification()
    }
}

/// A dollar for a million tokens of input, four for output.
const PRICE: Price = Price::new(1.0, 4.0);
