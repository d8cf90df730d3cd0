//! The table of settings: from it come reading, suggestions, the schema and the documentation.

pub(crate) use super::limits::UPSTREAM;

use super::value::{Kind, Value};
use crate::{BackoffKind, Budget, Jitter, Policy, Rule, UpstreamConfig};

/// A setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// The name, with points between its parts. Those of a class follow `on.CLASS.`.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) meaning: &'static str,
    pub(super) target: Target,
}

/// The change that a setting makes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// A policy: also in `[upstream.NAME]`, for the policy of that upstream.
    Policy {
        put: fn(&mut Policy, Value),
        /// Whether two policies have the same value.
        same: fn(&Policy, &Policy) -> bool,
    },
    /// The rule of a policy for a class.
    Rule(fn(&mut Rule, Value)),
    /// The limits of an upstream, or of its keys.
    Upstream(fn(&mut UpstreamConfig, Value)),
}

/// A whole number that 32 bits hold.
pub(super) const fn from(least: u64) -> Kind {
    Kind::Count(least, u32::MAX as u64)
}

macro_rules! policy {
    ($name:literal, $kind:expr, $meaning:literal, $($field:ident).+, $value:ident => $read:expr) => {
        Key {
            name: $name,
            kind: $kind,
            meaning: $meaning,
            target: Target::Policy {
                put: |policy, $value| {
                    if let Some(value) = $read {
                        policy.$($field).+ = value;
                    }
                },
                same: |one, other| one.$($field).+ == other.$($field).+,
            },
        }
    };
}

macro_rules! rule {
    ($name:ident, $kind:expr, $meaning:literal, $value:ident => $read:expr) => {
        Key {
            name: stringify!($name),
            kind: $kind,
            meaning: $meaning,
            target: Target::Rule(|rule, $value| {
                if let Some(value) = $read {
                    rule.$name = Some(value);
                }
            }),
        }
    };
}

const KINDS: &[&str] = &["exponential", "linear", "fixed", "decorrelated"];
const JITTERS: &[&str] = &["none", "equal", "full"];

fn backoff_kind(value: Value) -> Option<BackoffKind> {
    value.pick(&[
        BackoffKind::Exponential,
        BackoffKind::Linear,
        BackoffKind::Fixed,
        BackoffKind::Decorrelated,
    ])
}

fn jitter(value: Value) -> Option<Jitter> {
    value.pick(&[Jitter::None, Jitter::Equal, Jitter::Full])
}

fn budget(value: Value) -> Option<Budget> {
    match value {
        Value::Nothing => Some(Budget::NONE),
        Value::Budget(budget) => Some(budget),
        _ => None,
    }
}

/// The settings of a policy, in the order in which they are applied: the kind of a backoff resets
/// its factor.
pub(crate) const POLICY: &[Key] = &[
    policy!("attempts", from(1), "attempts, including the first", attempts, v => v.small()),
    policy!("timeout", Kind::TimeOrNone, "time of each attempt", timeout, v => Some(v.time())),
    policy!("deadline", Kind::TimeOrNone, "time of the whole call", deadline, v => Some(v.time())),
    policy!("first", Kind::TimeOrNone, "time until the first content of a stream", first, v => Some(v.time())),
    policy!("idle", Kind::TimeOrNone, "gap between two items of a stream", idle, v => Some(v.time())),
    policy!("max_retry_after", Kind::Time, "longest wait of a server that is honoured", max_retry_after, v => v.time()),
    policy!("idempotent", Kind::Flag, "whether the call may be processed twice", idempotent, v => v.flag()),
    policy!("repeat_nested", Kind::Flag, "whether to retry what a nested call has retried", repeat_nested, v => v.flag()),
    policy!("budget", Kind::Budget, "retries that successes pay for", budget, v => budget(v)),
    Key {
        name: "backoff.kind",
        kind: Kind::Choice(KINDS),
        meaning: "how the waits grow",
        target: Target::Policy {
            put: |policy, value| {
                let kind = backoff_kind(value).filter(|kind| *kind != policy.backoff.kind);
                if let Some(kind) = kind {
                    policy.backoff = policy.backoff.kind(kind);
                }
            },
            same: |one, other| one.backoff.kind == other.backoff.kind,
        },
    },
    policy!("backoff.initial", Kind::Time, "the first wait", backoff.initial, v => v.time()),
    Key {
        name: "backoff.factor",
        kind: Kind::Factor,
        meaning: "the factor between waits",
        target: Target::Policy {
            put: |policy, value| {
                policy.backoff.factor = value.decimal().unwrap_or(policy.backoff.factor);
            },
            same: |one, other| one.backoff.factor.to_bits() == other.backoff.factor.to_bits(),
        },
    },
    policy!("backoff.max", Kind::Time, "the longest wait", backoff.max, v => v.time()),
    policy!("backoff.jitter", Kind::Choice(JITTERS), "the random part of a wait", backoff.jitter, v => jitter(v)),
];

/// The settings of a class, behind `on.CLASS.`.
pub(crate) const RULE: &[Key] = &[
    rule!(retry, Kind::Flag, "whether the class is retried", v => v.flag()),
    rule!(attempts, from(1), "attempts after a failure of the class", v => v.small()),
    rule!(kind, Kind::Choice(KINDS), "how the waits grow", v => backoff_kind(v)),
    rule!(initial, Kind::Time, "the first wait", v => v.time()),
    rule!(factor, Kind::Factor, "the factor between waits", v => v.decimal()),
    rule!(max, Kind::Time, "the longest wait", v => v.time()),
    rule!(jitter, Kind::Choice(JITTERS), "the random part of a wait", v => jitter(v)),
];
