//! The facade `metrics`.

use crate::calls::{self, UPSTREAM};
use metrics_util::{
    CompositeKey,
    debugging::{DebugValue, DebuggingRecorder, Snapshotter},
};
use resilient_runtime::{
    metrics::{Facade, INSTRUMENTS, Kind},
    observe,
};
use std::collections::{BTreeMap, BTreeSet};

/// The value of each series, or the sum and the number of its values, as `name{label=value}`.
fn series(snapshotter: &Snapshotter) -> BTreeMap<String, (f64, usize)> {
    let all = snapshotter.snapshot().into_vec();
    all.into_iter()
        .map(|(key, _, _, value)| {
            let value = match value {
                DebugValue::Counter(count) => (f64::from(u32::try_from(count).unwrap()), 1),
                DebugValue::Gauge(value) => (value.into_inner(), 1),
                DebugValue::Histogram(values) => {
                    let sum = values.iter().map(|it| it.into_inner()).sum();
                    (sum, values.len())
                }
            };
            (name(&key), value)
        })
        .collect()
}

fn name(key: &CompositeKey) -> String {
    let labels: Vec<String> = key
        .key()
        .labels()
        .map(|it| format!("{}={}", it.key(), it.value()))
        .collect();
    format!("{}{{{}}}", key.key().name(), labels.join(","))
}

fn made() -> (BTreeMap<String, (f64, usize)>, Snapshotter) {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let observation = observe(Facade::new());
    calls::make(|| {}, || Facade::new().sample(&[&UPSTREAM]));
    observation.stop();
    (series(&snapshotter), snapshotter)
}

#[test]
fn every_call_attempt_retry_and_end_is_counted_once() {
    let (series, _) = made();
    for (name, (value, count)) in &series {
        println!("{name} {value} {count}");
    }
    let count = |name: &str| series.get(name).map_or(0, |(_, count)| *count);
    let value = |name: &str| series.get(name).map_or(f64::NAN, |(value, _)| *value);
    let calls = |outcome: &str| {
        let call = format!("resilient.call.attempts{{function=metered,outcome={outcome}}}");
        (count(&call), value(&call))
    };
    assert_eq!(calls("ok"), (1, 1.0));
    assert_eq!(calls("ok_after_retry"), (1, 2.0));
    assert_eq!(calls("failed"), (2, 3.0));
    assert_eq!(calls("cancelled"), (1, 1.0));
    assert_eq!(calls("rejected"), (1, 0.0));
}
