//! From the state of an upstream to measurements.

use super::instrument::{self as all, Instrument};
use super::measure::{Label, Value};
use crate::{BreakerState, Rate, Usage, upstream::RunningUpstream};
use std::{collections::BTreeMap, sync::Arc};

/// A value of an instrument that is sampled.
pub(super) type Sampled<'a> = (&'static Instrument, f64, [Label<'a>; 3]);

/// Reads all values of the upstreams, once for each name: the tokens of all that have it, and the
/// rest of the one that was used last.
#[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
pub(super) fn sample<'a>(
    upstreams: &'a [Arc<RunningUpstream>],
    mut record: impl FnMut(Sampled<'a>),
) {
    let mut names: BTreeMap<&str, (&RunningUpstream, Usage)> = BTreeMap::new();
    for upstream in upstreams {
        let usage = upstream.usage_of_all();
        let known = names.entry(&upstream.built.name);
        let known = known.or_insert_with(|| (upstream, Usage::default()));
        *known = (upstream, known.1.plus(usage));
    }
    for (name, (upstream, usage)) in names {
        sample_state(upstream, &mut record);
        let name: Label<'a> = Some(("upstream", Value::Name(name)));
        for (used, tokens) in [("paid", usage.actual), ("wasted", usage.wasted)] {
            let labels = [name, Some(("use", Value::Fixed(used))), None];
            record((&all::TOKENS, tokens as f64, labels));
        }
    }
}

/// Reads the values of calls without a key.
#[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
fn sample_state<'a>(upstream: &'a RunningUpstream, mut record: impl FnMut(Sampled<'a>)) {
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

    if let Some(sharing) = snapshot.sharing {
        let is_up = if sharing.lost.is_none() { 1.0 } else { 0.0 };
        record((&all::STORE_UP, is_up, [name, None, None]));
        let replicas = f64::from(sharing.replicas);
        record((&all::STORE_REPLICAS, replicas, [name, None, None]));
    }

    let are_keys_open = (upstream.open_keys() > 0).then_some(BreakerState::Open);
    // The worst of all.
    if let Some(state) = are_keys_open.or(snapshot.breaker) {
        let state = match state {
            BreakerState::Closed => 0.0,
            BreakerState::HalfOpen => 1.0,
            BreakerState::Open | BreakerState::Isolated => 2.0,
        };
        record((&all::BREAKER, state, [name, None, None]));
    }
}

#[expect(clippy::cast_precision_loss, reason = "above 2^53, and for a picture")]
fn per_minute(rate: Rate) -> f64 {
    rate.amount as f64 * 60.0 / rate.period.as_secs_f64().max(f64::MIN_POSITIVE)
}
