//! What calls share, and what a call does beside its retries: plain data.

use crate::args::{self, After, Given, Size, Value};
use proc_macro2::{Ident, TokenStream};
use std::time::Duration;

/// The upstream that calls go through.
pub(crate) struct Upstream {
    pub(crate) source: Source,
    pub(crate) key: Option<TokenStream>,
    pub(crate) cost: Option<Value<u64>>,
}

/// Whose upstream it is.
pub(crate) enum Source {
    /// `upstream = expr`
    Shared(TokenStream),
    /// One that this function has to itself.
    Own(Box<Limits>),
}

/// The limits of a function's own upstream.
pub(crate) struct Limits {
    pub(crate) breaker: Option<Breaker>,
    pub(crate) rate: Option<Rate>,
    pub(crate) tokens: Option<Rate>,
    pub(crate) concurrency: Option<Concurrency>,
}

/// When it is left alone.
pub(crate) struct Breaker {
    pub(crate) failure_ratio: Option<Value<f64>>,
    pub(crate) window: Option<Value<Duration>>,
    pub(crate) min_calls: Option<Value<u32>>,
    pub(crate) consecutive: Option<Value<u32>>,
    /// What takes longer is slow, and the part of the calls that has to be.
    pub(crate) slow: Option<(Value<Duration>, Option<Value<f64>>)>,
    pub(crate) pause: Option<Value<Duration>>,
    pub(crate) max_pause: Option<Value<Duration>>,
    pub(crate) factor: Option<Value<f64>>,
    pub(crate) probes: Option<Value<u32>>,
    pub(crate) lease: Option<Value<Duration>>,
}

/// How much goes through in how much time.
pub(crate) struct Rate {
    pub(crate) rate: Value<(u64, Duration)>,
    pub(crate) burst: Option<Value<u64>>,
}

/// How much goes through at one time.
pub(crate) struct Concurrency {
    pub(crate) size: Size,
    pub(crate) queue: Option<Value<u32>>,
}

/// When another run of the body starts, and how many may.
pub(crate) struct Hedge {
    /// Where a mistake about it is reported.
    pub(crate) key: Ident,
    pub(crate) after: After,
    pub(crate) max: Value<u32>,
}

impl Limits {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            breaker,
            rate,
            tokens,
            concurrency,
        } = self;
        breaker.is_none() && rate.is_none() && tokens.is_none() && concurrency.is_none()
    }
}

impl From<args::Breaker> for Breaker {
    fn from(breaker: args::Breaker) -> Self {
        let slow_ratio = breaker.slow_ratio.into_value();
        Self {
            failure_ratio: breaker.failure_ratio.into_value(),
            window: breaker.window.into_value(),
            min_calls: breaker.min_calls.into_value(),
            consecutive: breaker.consecutive.into_value(),
            slow: breaker.slow.into_value().map(|slow| (slow, slow_ratio)),
            pause: breaker.pause.into_value(),
            max_pause: breaker.max_pause.into_value(),
            factor: breaker.factor.into_value(),
            probes: breaker.probes.into_value(),
            lease: breaker.lease.into_value(),
        }
    }
}

impl From<args::Rate> for Rate {
    fn from(rate: args::Rate) -> Self {
        Self {
            rate: rate.rate,
            burst: rate.burst.into_value(),
        }
    }
}

impl From<args::Concurrency> for Concurrency {
    fn from(concurrency: args::Concurrency) -> Self {
        Self {
            size: concurrency.size,
            queue: concurrency.queue.into_value(),
        }
    }
}

impl Hedge {
    pub(super) fn of(given: Given<args::Hedge>) -> Option<Self> {
        let args::Hedge { after, max } = given.value;
        Some(Self {
            key: given.key,
            after: after.into_value()?,
            max: max.into_value().unwrap_or(Value::Known(1)),
        })
    }
}
