//! OpenTelemetry, with its SDK.

use crate::calls;
use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::metrics::{
    InMemoryMetricExporter, PeriodicReader, SdkMeterProvider,
    data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics},
};
use resilient_runtime::{
    metrics::{INSTRUMENTS, OpenTelemetry},
    observe,
};
use std::collections::BTreeMap;

fn name<'a>(name: &str, attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    let instrument = INSTRUMENTS.iter().find(|it| it.name == name).unwrap();
    let attributes: Vec<_> = attributes.collect();
    // In the order of the table: the SDK has none.
    let labels = instrument.labels.iter().filter_map(|label| {
        let attribute = attributes.iter().find(|it| it.key.as_str() == *label)?;
        Some(format!("{label}={}", attribute.value))
    });
    let labels: Vec<String> = labels.collect();
    assert_eq!(labels.len(), attributes.len(), "{name}: {attributes:?}");
    format!("{name}{{{}}}", labels.join(","))
}

/// Every series, with the sum of its values and their number.
fn read(exported: &[ResourceMetrics], series: &mut BTreeMap<String, String>) {
    let scopes = exported.last().unwrap().scope_metrics();
    for metric in scopes.flat_map(ScopeMetrics::metrics) {
        let it = INSTRUMENTS.iter().find(|it| it.name == metric.name());
        let it = it.unwrap();
        assert_eq!(metric.unit(), it.unit);
        assert_eq!(metric.description(), it.description);
        let mut add = |name: String, sum: f64, count: u64| {
            series.insert(name, format!("{sum} in {count}"));
        };
        match metric.data() {
            AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                for point in histogram.data_points() {
                    assert_eq!(point.bounds().collect::<Vec<_>>(), it.buckets);
                    let name = name(it.name, point.attributes());
                    add(name, point.sum(), point.count());
                }
            }
            AggregatedMetrics::F64(MetricData::Gauge(gauge)) => {
                for point in gauge.data_points() {
                    add(name(it.name, point.attributes()), point.value(), 1);
                }
            }
            AggregatedMetrics::F64(MetricData::Sum(sum)) => {
                for point in sum.data_points() {
                    add(name(it.name, point.attributes()), point.value(), 1);
                }
            }
            AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                for point in sum.data_points() {
                    let count = u32::try_from(point.value()).unwrap();
                    add(name(it.name, point.attributes()), f64::from(count), 1);
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn opentelemetry_has_the_series_of_the_facade_with_units_and_buckets() {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let mut observation = None;
    let mut series = BTreeMap::new();
    let before = || {
        let sink = OpenTelemetry::new(&provider.meter("resilient"));
        observation = Some(observe(sink));
    };
    let after = || {
        provider.force_flush().unwrap();
        read(&exporter.get_finished_metrics().unwrap(), &mut series);
    };
    calls::make(before, after);
    observation.unwrap().stop();
    // A call of another test may be among them. Levels change with time, which is paused only in
    // the thread of the calls, and not in that of the export.
    let is_level = |name: &str| name.contains(".level{");
    let levels = series.keys().filter(|name| is_level(name)).count();
    assert_eq!(levels, 10);
    series.retain(|name, _| !name.contains("hostile") && !is_level(name));
    let found: Vec<String> = series
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let expected = include_str!("expected.txt");
    let expected = expected.lines().filter(|line| !is_level(line));
    assert_eq!(found, expected.collect::<Vec<_>>());
}
