//! The failure that a client sees of an answer, without sockets.

use super::{Answer, answer::Kind, body::Response};
use crate::{Class, Classification, Processed, call::injection::Injected};
use std::future::pending;

impl Answer {
    /// What a client sees of it.
    ///
    /// # Errors
    /// Why it depends on more than the answer itself, or that it is no failure.
    pub(in crate::testing) fn as_failure(&self) -> Result<Injected, &'static str> {
        if !self.delay.is_zero() {
            return Err("it has a delay, which only a FaultyServer has");
        }
        let failure = match &self.kind {
            Kind::Response(response) if response.status.as_u16() < 400 => {
                return Err("its status is no failure; use `ok(..)` with a value");
            }
            Kind::Response(response) if !response.is_plain() => {
                return Err("its body is not sent at once and complete; use a FaultyServer");
            }
            Kind::Response(response) => classified(response),
            Kind::Function(_) => return Err("it depends on the request; use a FaultyServer"),
            Kind::Hang => return Ok(Injected::Hang(Box::pin(pending()))),
            Kind::Reset => Classification::new(Class::Network).message("connection reset"),
            Kind::Close => Classification::new(Class::Network).message("connection closed"),
            Kind::GoAway | Kind::RefusedStream => Classification::new(Class::Network)
                .processed(Processed::No)
                .message("refused by HTTP/2"),
        };
        Ok(Injected::Failure(Box::new(failure)))
    }

    /// For how many requests it is.
    pub(in crate::testing) const fn times_left(&self) -> usize {
        self.times
    }
}

#[cfg(feature = "http")]
fn classified(response: &Response) -> Classification {
    Classification::from_answer(response.status, &response.headers(), &response.bytes())
}

/// Without headers and body, but with the wait of `Answer::retry_after`.
#[cfg(not(feature = "http"))]
fn classified(response: &Response) -> Classification {
    use crate::{ServerWait, WaitOrigin};
    use std::time::Duration;

    let number = |name: &str| response.headers.get(name)?.to_str().ok()?.parse().ok();
    let millis = number("retry-after-ms").map(Duration::from_millis);
    let seconds = number("retry-after").map(Duration::from_secs);
    let origin = match millis {
        Some(_) => WaitOrigin::RetryAfterMs,
        None => WaitOrigin::RetryAfter,
    };
    let failure = Classification::of_status(response.status.as_u16());
    match millis.or(seconds) {
        Some(wait) => failure.come_back(ServerWait::new(wait, origin)),
        None => failure,
    }
}
