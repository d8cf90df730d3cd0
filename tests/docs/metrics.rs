//! The table of metrics in the guide, the dashboard and the alerts name the instruments.

use crate::guide::{page, table};
use resilient_runtime::metrics::{INSTRUMENTS, Kind};
use std::collections::BTreeSet;

const DASHBOARD: &str = include_str!("../../dashboards/grafana.json");
const ALERTS: &str = include_str!("../../dashboards/alerts.yml");
const ALERTS_TEST: &str = include_str!("../../dashboards/alerts_test.yml");

#[test]
fn the_table_of_metrics_is_the_instruments() {
    let page = page("metrics");
    let rows = table(page.iter());
    let expected: Vec<Vec<String>> = INSTRUMENTS
        .iter()
        .map(|it| {
            vec![
                it.name.to_owned(),
                it.kind.as_str().to_owned(),
                it.unit.to_owned(),
                it.labels.join(", "),
                it.description.to_owned(),
            ]
        })
        .collect();
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row.into_iter().map(|it| it.trim().to_owned()).collect())
        .collect();
    assert_eq!(rows, expected);
}

/// The names of series and labels that Prometheus has.
fn series() -> BTreeSet<String> {
    let suffixes = |kind| match kind {
        Kind::Histogram => &["_bucket", "_sum", "_count"][..],
        _ => &[""][..],
    };
    INSTRUMENTS
        .iter()
        .flat_map(|it| {
            let name = it.prometheus_name();
            suffixes(it.kind)
                .iter()
                .map(move |end| format!("{name}{end}"))
        })
        .collect()
}

/// The words in a text that begin as a series does.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.split(|c| !is_part(c))
        .filter(|word| word.starts_with("resilient_"))
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn f310_every_instrument_has_a_panel_and_every_query_an_instrument() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let rows: Vec<&str> = panels
        .iter()
        .filter(|panel| panel["type"] == "row")
        .map(|panel| panel["title"].as_str().unwrap())
        .collect();
    let expected = [
        "Calls",
        "Retries and give-ups",
        "Upstream limits",
        "Streams",
        "Sharing",
    ];
    assert_eq!(rows, expected);
    let used: BTreeSet<String> = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default())
        .flat_map(|target| named(target["expr"].as_str().unwrap()))
        .collect();
    let series = series();
    let unknown: Vec<_> = used.difference(&series).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for it in INSTRUMENTS {
        let name = it.prometheus_name();
        assert!(used.iter().any(|used| used.starts_with(&name)), "{name}");
    }
}

#[test]
fn f310_every_alert_and_its_test_are_about_instruments() {
    let series = series();
    for text in [DASHBOARD, ALERTS, ALERTS_TEST] {
        let used = named(text);
        assert!(used.len() >= 3, "{used:?}");
        let unknown: Vec<_> = used.difference(&series).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

/// A label of a query that no instrument has matches nothing, silently.
#[test]
fn f310_every_label_of_a_query_is_one_of_its_instruments() {
    let labels: BTreeSet<String> = INSTRUMENTS
        .iter()
        .flat_map(|it| it.labels)
        .map(|it| it.replace('.', "_"))
        .chain(["le".to_owned()])
        .collect();
    let dashboard = DASHBOARD.replace("\\\"", "\"");
    let mut count = 0;
    for text in [&dashboard, ALERTS] {
        for by in text.split(" by (").skip(1) {
            for label in by.split(')').next().unwrap().split(", ") {
                count += 1;
                assert!(labels.contains(label), "{label}");
            }
        }
    }
    assert!(count > 20, "{count}");
}
