//! From the state of an upstream to measurements.

use super::instrument::{self as all, Instrument};
use super::measure::{Label, Value};
use crate::{BreakerState, Rate, upstream::RunningUpstream};

/// A value of an instrument that is sampled.
pub(super) type Sampled<'a> = (&'static Instrument, f64, [Label<'a>; 3]);

/// Reads all values of calls without a key, and the tokens of all calls.
#[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
pub(super) fn sample<'a>(upstream: &'a RunningUpstream, mut record: impl FnMut(Sampled<'a>)) {
    let now = upstream.settings_now();
    let snapshot = upstream.snapshot();
    let name: Label<'a> = Some(("upstream", Value::Name(&upstream.built.name)));
    let fixed = |name, value| Some((name, Value::Fixed(value)));

    let levels = [
        ("requests", snapshot.requests.map(|it| it as f64)),
        ("tokens", snapshot.tokens.map(|it| it as f64)),
        ("concurrency", snapshot.in_use.map(f64::from)),
        ("budget", Some(snapshot.budget)),
    ];
    for (of, level) in levels {
        if let Some(level) = level {
            record((&all::LEVEL, level, [name, fixed("of", of), None]));
        }
    }

    let rate = |rate: Option<Rate>| rate.map(per_minute);
    let permits = now.concurrency.map(|it| f64::from(it.limit));
    let limits = [
        ("requests", rate(snapshot.request_rate), rate(now.requests)),
        ("tokens", rate(snapshot.token_rate), rate(now.tokens)),
        ("concurrency", snapshot.permits.map(f64::from), permits),
    ];
    for (of, limit, configured) in limits {
        if let Some(limit) = limit {
            let is_configured = configured.is_some_and(|it| it.to_bits() == limit.to_bits());
            let source = if is_configured {
                "configured"
            } else {
                "learned"
            };
            let labels = [name, fixed("of", of), fixed("source", source)];
            record((&all::LIMIT, limit, labels));
        }
    }

    if let Some(state) = snapshot.breaker {
        let state = match state {
            BreakerState::Closed => 0.0,
            BreakerState::HalfOpen => 1.0,
            BreakerState::Open | BreakerState::Isolated => 2.0,
        };
        record((&all::BREAKER, state, [name, None, None]));
    }

    let usage = upstream.usage_of_all();
    for (used, tokens) in [("paid", usage.actual), ("wasted", usage.wasted)] {
        record((
            &all::TOKENS,
            tokens as f64,
            [name, fixed("use", used), None],
        ));
    }
}

#[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
fn per_minute(rate: Rate) -> f64 {
    rate.amount as f64 * 60.0 / rate.period.as_secs_f64().max(f64::MIN_POSITIVE)
}
