//! The snapshot as data for `serde`. Times are in seconds, rates are text such as `500/min`, and
//! what a function or an upstream does not have is null.

use super::{EffectivePolicy, FunctionSnapshot, ProgramSnapshot, Setting, UpstreamSnapshot};
use crate::{
    Class, Counts, Outcome, Snapshot, Usage,
    statistics::{Calls, Latencies, WaitTotal},
    upstream::KeySnapshot,
};
use serde_core::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};
use std::{fmt::Display, time::Duration};

/// A time in seconds.
struct Seconds(Duration);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_secs_f64())
    }
}

/// A value as its text.
struct Text<T>(T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A list of values as their texts.
struct Texts<'a, T>(&'a [T]);

impl<T: Display> Serialize for Texts<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Text))
    }
}

/// Numbers by their name.
struct Numbers<'a, T>(&'a [(T, u64)]);

impl<T: Display> Serialize for Numbers<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, number) in self.0 {
            map.serialize_entry(&Text(name), number)?;
        }
        map.end()
    }
}

macro_rules! serialize {
    ($($type:ident($it:ident) { $($field:literal: $value:expr,)* })*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $it = self;
                let fields = [$($field),*].len();
                let mut data = serializer.serialize_struct(stringify!($type), fields)?;
                $(data.serialize_field($field, &$value)?;)*
                data.end()
            }
        }
    )*};
}

#[cfg(feature = "config")]
fn unmatched(snapshot: &ProgramSnapshot) -> &[String] {
    &snapshot.unmatched
}

#[cfg(not(feature = "config"))]
const fn unmatched(_: &ProgramSnapshot) -> [String; 0] {
    []
}

serialize! {
    ProgramSnapshot(it) {
        "functions": it.functions,
        "upstreams": it.upstreams,
        "switched_off": Texts(&it.switched_off),
        "unmatched": unmatched(it),
    }
    FunctionSnapshot(it) {
        "name": it.name,
        "upstream": it.upstream,
        "policy": it.policy.settings(),
        "calls": it.calls,
    }
    UpstreamSnapshot(it) {
        "name": it.name,
        "settings": it.settings,
        "state": it.state,
        "calls": it.calls,
        "keys": it.keys,
        "open_keys": it.open_keys,
    }
    KeySnapshot(it) {
        "key": it.key,
        "state": it.state,
        "calls": it.calls,
    }
    EffectivePolicy(it) {
        "function": it.function(),
        "settings": it.settings(),
    }
    Setting(it) {
        "name": it.name(),
        "value": it.value(),
        "source": Text(it.source()),
    }
    Calls(it) {
        "calls": it.calls,
        "outcomes": Numbers::<Outcome>(&it.outcomes),
        "attempts": it.attempts,
        "failures": Numbers::<Class>(&it.failures),
        "waits": it.waits,
        "hedges": it.hedges,
        "latency": it.latency,
        "error_rate": it.error_rate,
    }
    Latencies(it) {
        "p50": Seconds(it.p50),
        "p90": Seconds(it.p90),
        "p99": Seconds(it.p99),
    }
    WaitTotal(it) {
        "reason": Text(it.reason),
        "count": it.count,
        "time": Seconds(it.time),
    }
    Snapshot(it) {
        "breaker": it.breaker.map(Text),
        "gate": it.gate.map(Seconds),
        "in_use": it.in_use,
        "waiting": it.waiting,
        "permits": it.permits,
        "requests": it.requests,
        "request_capacity": it.request_capacity,
        "request_rate": it.request_rate.map(Text),
        "tokens": it.tokens,
        "token_capacity": it.token_capacity,
        "token_rate": it.token_rate.map(Text),
        "budget": it.budget,
        "budget_capacity": it.budget_capacity,
        "waiting_retries": it.waiting_retries,
        "usage": it.usage,
        "counts": it.counts,
    }
    Usage(it) {
        "estimated": it.estimated,
        "actual": it.actual,
        "wasted": it.wasted,
    }
    Counts(it) {
        "refused": it.refused,
        "queued": it.queued,
        "suppressed": it.suppressed,
        "deferred": it.deferred,
        "hedged": it.hedged,
        "fell_back": it.fell_back,
        "not_enforced": it.not_enforced,
    }
}
