//! The part of the table of settings that upstreams have, and their keys.

use super::{
    keys::{Key, Target, from},
    value::{Kind, Value},
};
use crate::{Breaker, Caps, Concurrency, Price, Rate, SlowCalls, UpstreamConfig};
use std::time::Duration;

macro_rules! upstream {
    ($name:literal, $kind:expr, $meaning:literal, $put:expr) => {
        Key {
            name: $name,
            kind: $kind,
            meaning: $meaning,
            target: Target::Upstream($put),
        }
    };
}

macro_rules! breaker {
    ($name:literal, $kind:expr, $meaning:literal, $field:ident, $value:ident => $read:expr) => {
        upstream!($name, $kind, $meaning, |config, $value| {
            if let Some(value) = $read {
                config.breaker.get_or_insert(Breaker::DEFAULT).$field = value;
            }
        })
    };
}

/// A rate or none, with the burst that it had.
fn rate(value: Value, before: Option<Rate>) -> Option<Rate> {
    match value {
        Value::Rate(rate) => Some(Rate {
            burst: before.and_then(|before| before.burst),
            ..rate
        }),
        Value::Nothing => None,
        _ => before,
    }
}

/// The burst of a rate, if there is one.
fn set_burst(rate: &mut Option<Rate>, value: Value) {
    if let Some(rate) = rate {
        rate.burst = value.count();
    }
}

/// The caps of a value; those before if it is none.
fn caps(value: Value, before: Caps) -> Caps {
    match value {
        Value::Caps(caps) => caps,
        Value::Nothing => Caps::NONE,
        _ => before,
    }
}

/// Changes the price, or one that costs nothing.
fn set_price(config: &mut UpstreamConfig, change: impl FnOnce(&mut Price)) {
    change(config.price.get_or_insert(Price::new(0.0, 0.0)));
}

fn slow(config: &mut UpstreamConfig, time: Option<Duration>, ratio: Option<f64>) {
    let breaker = config.breaker.get_or_insert(Breaker::DEFAULT);
    let before = breaker.slow;
    let longer_than = time.or_else(|| before.map(|slow| slow.longer_than));
    let ratio = ratio.or_else(|| before.map(|slow| slow.ratio));
    breaker.slow = longer_than.map(|time| SlowCalls::new(time, ratio.unwrap_or(SLOW_RATIO)));
}

/// That of the attribute.
const SLOW_RATIO: f64 = 0.8;

/// The caps of keys: in the section of a key, `cap` stands for it.
const KEY_CAP: Key = upstream!(
    "key_cap",
    Kind::Caps,
    "the most that the calls of a key may use in an hour, day, week or month",
    |config, v| {
        config.key_caps = caps(v, config.key_caps);
    }
);

/// The limits of an upstream.
pub(crate) const UPSTREAM: &[Key] = &[
    upstream!("requests", Kind::Rate, "rate of requests", |config, v| {
        config.requests = rate(v, config.requests);
    }),
    upstream!(
        "requests.burst",
        Kind::Count(1, u64::MAX),
        "requests at once",
        |config, v| {
            set_burst(&mut config.requests, v);
        }
    ),
    upstream!("tokens", Kind::Rate, "rate of tokens", |config, v| {
        config.tokens = rate(v, config.tokens);
    }),
    upstream!(
        "tokens.burst",
        Kind::Count(1, u64::MAX),
        "tokens at once",
        |config, v| {
            set_burst(&mut config.tokens, v);
        }
    ),
    upstream!(
        "concurrency",
        from(1),
        "attempts in flight; the upper bound if it adapts",
        |config, v| {
            if let Some(limit) = v.small() {
                let concurrency = config.concurrency.get_or_insert(Concurrency::new(limit));
                concurrency.limit = limit;
            }
        }
    ),
    upstream!(
        "concurrency.queue",
        Kind::CountOrNone(0, u32::MAX as u64),
        "attempts that wait for a permit; further ones are refused",
        |config, v| {
            if let Some(concurrency) = &mut config.concurrency {
                concurrency.queue = v.small().unwrap_or(Concurrency::DEFAULT_QUEUE);
            }
        }
    ),
    upstream!(
        "breaker",
        Kind::Flag,
        "whether there is a circuit breaker",
        |config, v| {
            match v.flag() {
                Some(true) => {
                    config.breaker.get_or_insert(Breaker::DEFAULT);
                }
                Some(false) => config.breaker = None,
                None => {}
            }
        }
    ),
    breaker!("breaker.failure_ratio", Kind::Ratio, "failed calls that open it", failure_ratio, v => v.decimal()),
    breaker!("breaker.window", Kind::Time, "time in which calls are counted", window, v => v.time()),
    breaker!("breaker.min_calls", from(1), "calls in the window before a ratio counts", min_calls, v => v.small()),
    breaker!("breaker.consecutive", Kind::CountOrNone(1, u32::MAX as u64), "failures in a row that open it", consecutive, v => Some(v.small())),
    upstream!(
        "breaker.slow",
        Kind::TimeOrNone,
        "a longer call is slow",
        |config, v| match v.time() {
            Some(time) => slow(config, Some(time), None),
            None => config.breaker.get_or_insert(Breaker::DEFAULT).slow = None,
        }
    ),
    upstream!(
        "breaker.slow_ratio",
        Kind::Ratio,
        "slow calls that open it",
        |config, v| {
            slow(config, None, v.decimal());
        }
    ),
    breaker!("breaker.break_duration", Kind::Time, "the first break", break_duration, v => v.time()),
    breaker!("breaker.max_break_duration", Kind::Time, "the longest break", max_break_duration, v => v.time()),
    breaker!("breaker.factor", Kind::Factor, "the factor between breaks", factor, v => v.decimal()),
    breaker!("breaker.half_open_probes", Kind::Count(1, 64), "probes at a time, and successes that close it", half_open_probes, v => v.small()),
    breaker!("breaker.probe_timeout", Kind::Time, "how long probes are waited for", probe_timeout, v => v.time()),
    upstream!(
        "price.input",
        Kind::Price,
        "price of a million tokens of input",
        |config, v| {
            let input = v.decimal();
            set_price(config, |price| price.input = input.unwrap_or(price.input));
        }
    ),
    upstream!(
        "price.output",
        Kind::Price,
        "price of a million tokens of output",
        |config, v| {
            let output = v.decimal();
            set_price(config, |price| {
                price.output = output.unwrap_or(price.output);
            });
        }
    ),
    upstream!(
        "price.currency",
        Kind::Currency,
        "currency of the price",
        |config, v| {
            set_price(config, |price| {
                *price = v.code().map_or(*price, |code| price.in_code(code));
            });
        }
    ),
    upstream!(
        "cap",
        Kind::Caps,
        "the most that all calls may use in an hour, day, week or month",
        |config, v| {
            config.caps = caps(v, config.caps);
        }
    ),
    KEY_CAP,
    upstream!(
        "gate",
        Kind::Flag,
        "whether a server's wait holds for all callers",
        |config, v| {
            config.gate = v.flag().unwrap_or(config.gate);
        }
    ),
    upstream!(
        "shadow",
        Kind::Flag,
        "whether all these and the retry budget only count what they would hold back",
        |config, v| {
            config.shadow = v.flag().unwrap_or(config.shadow);
        }
    ),
    upstream!(
        "max_wait",
        Kind::TimeOrNone,
        "longest wait for admission",
        |config, v| {
            config.max_wait = v.time().unwrap_or(Duration::MAX);
        }
    ),
];
