//! The facade `metrics`.

use crate::calls;
use metrics::{SharedString, Unit};
use metrics_util::{
    CompositeKey,
    debugging::{DebugValue, DebuggingRecorder},
};
use resilient_runtime::{
    CallError, Observation, Tokens, Upstream,
    metrics::{Facade, INSTRUMENTS, Kind},
    observe, record_tokens,
};
use std::{collections::BTreeMap, sync::OnceLock};

const EXPECTED: &str = include_str!("expected.txt");

fn sum(value: DebugValue) -> (f64, usize) {
    match value {
        DebugValue::Counter(count) => (f64::from(u32::try_from(count).unwrap()), 1),
        DebugValue::Gauge(value) => (value.into_inner(), 1),
        DebugValue::Histogram(values) => {
            let sum = values.iter().map(|it| it.into_inner()).sum();
            (sum, values.len())
        }
    }
}

fn name(key: &CompositeKey) -> String {
    let labels: Vec<String> = key
        .key()
        .labels()
        .map(|it| format!("{}={}", it.key(), it.value()))
        .collect();
    format!("{}{{{}}}", key.key().name(), labels.join(","))
}

/// Observes all calls, once: each test has a recorder for its thread.
pub(crate) fn observed() -> Facade {
    static OBSERVED: OnceLock<Observation> = OnceLock::new();
    OBSERVED.get_or_init(|| observe(Facade::new()));
    Facade::new()
}

fn made() -> Vec<(CompositeKey, Option<Unit>, Option<SharedString>, DebugValue)> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let facade = observed();
    calls::make(|| {}, || facade.sample());
    snapshotter.snapshot().into_vec()
}

/// Every series, with the sum of its values and their number.
#[test]
fn every_call_attempt_retry_and_end_is_counted_once() {
    let series: BTreeMap<String, (f64, usize)> = made()
        .into_iter()
        .map(|(key, _, _, value)| (name(&key), sum(value)))
        .collect();
    let found: Vec<String> = series
        .iter()
        .map(|(name, (sum, count))| format!("{name} {sum} in {count}"))
        .collect();
    assert_eq!(found, EXPECTED.lines().collect::<Vec<_>>(), "{found:#?}");
}

#[test]
fn the_outcomes_of_all_calls_add_up_to_the_calls() {
    let (mut attempts, mut calls, mut idle) = (0, 0, 0);
    for (key, _, _, value) in made() {
        let (_, count) = sum(value);
        match key.key().name() {
            "resilient.attempt.duration" => attempts += count,
            "resilient.call.duration" => calls += count,
            "resilient.call.idle" => idle += count,
            _ => {}
        }
    }
    // The two retries make up for the attempt that was dropped and the one that was rejected.
    assert_eq!((calls, idle, attempts), (20, 20, 20));
}

#[test]
fn every_series_has_the_kind_the_unit_the_text_and_the_labels_of_its_instrument() {
    let made = made();
    assert!(made.len() > 20, "{}", made.len());
    for (key, unit, description, value) in made {
        let name = key.key().name();
        let it = INSTRUMENTS.iter().find(|it| it.name == name).unwrap();
        let kind = match value {
            DebugValue::Counter(_) => Kind::Counter,
            DebugValue::Gauge(_) => Kind::Gauge,
            DebugValue::Histogram(_) => Kind::Histogram,
        };
        assert_eq!(kind, it.kind, "{name}");
        let expected = if it.unit == "s" {
            Unit::Seconds
        } else {
            Unit::Count
        };
        assert_eq!(unit, Some(expected), "{name}");
        assert_eq!(description.as_deref(), Some(it.description), "{name}");
        for label in key.key().labels() {
            assert!(it.labels.contains(&label.key()), "{name}: {}", label.key());
        }
    }
}

/// The tokens that were paid for, by the name of the upstream.
async fn paid(name: &str, calls: impl Future<Output = ()>) -> u64 {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);
    calls.await;
    Facade::new().sample();
    let series = snapshotter.snapshot().into_vec();
    let label = format!("{{upstream={name},use=paid}}");
    let paid = series
        .into_iter()
        .filter(|(key, ..)| self::name(key).ends_with(&label));
    let paid: Vec<_> = paid.map(|(.., value)| value).collect();
    match paid.as_slice() {
        [DebugValue::Counter(count)] => *count,
        other => panic!("{other:?}"),
    }
}

async fn spend(upstream: &Upstream, key: &str) {
    let call = upstream.call("spends").key(key);
    let body = async || {
        record_tokens(Tokens::input(10));
        Ok::<(), CallError<std::io::Error>>(())
    };
    call.run(body).await.unwrap();
}

#[resilient_runtime::test]
async fn f356_tokens_of_a_key_that_is_evicted_stay_counted() {
    static FEW: Upstream = Upstream::new("few keys").keys(2);
    let calls = async {
        for key in 0..50 {
            spend(&FEW, &key.to_string()).await;
        }
    };
    assert_eq!(paid("few keys", calls).await, 500);
    assert!(FEW.key_count() < 50);
}

#[resilient_runtime::test]
async fn f356_tokens_of_two_upstreams_with_one_name_are_added_up() {
    static FIRST: Upstream = Upstream::new("one name");
    static SECOND: Upstream = Upstream::new("one name");
    let calls = async {
        spend(&FIRST, "key").await;
        spend(&SECOND, "key").await;
    };
    assert_eq!(paid("one name", calls).await, 20);
}
