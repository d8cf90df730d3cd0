//! The defaults on the pages are those of the code, and their figures those of the page of
//! simulations.

use super::{page, table, text};
use resilient_runtime::{
    Backoff, Breaker, Concurrency, Policy, Rate, Upstream, UpstreamConfig, call,
};
use resilient_tests::Failure;
use std::time::Duration;

/// The table of defaults on a page: settings and values.
fn defaults(name: &str) -> Vec<(String, String)> {
    let page = page(name);
    let lines = page.iter().skip_while(|line| *line != "# Defaults");
    let rows = table(lines);
    assert!(!rows.is_empty(), "{name} has no table of defaults");
    rows.into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

fn default(name: &str, setting: &str) -> String {
    let found = defaults(name).into_iter().find(|(name, _)| name == setting);
    found.unwrap_or_else(|| panic!("{name}: {setting}")).1
}

fn assert_defaults(name: &str, expected: &[(&str, String)]) {
    let found = defaults(name);
    let found: Vec<(&str, String)> = found
        .iter()
        .map(|(name, value)| (&**name, value.clone()))
        .collect();
    assert_eq!(found, expected, "{name}");
}

fn or_none<T: std::fmt::Debug>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("{value:?}"))
}

/// Formats a number with a comma between thousands.
fn with_comma(number: usize) -> String {
    format!("{},{:03}", number / 1_000, number % 1_000)
}

#[test]
fn the_defaults_of_a_policy_are_those_of_the_code() {
    let policy = Policy::DEFAULT;
    let Backoff {
        kind,
        initial,
        factor,
        max,
        jitter,
        ..
    } = policy.backoff;
    assert_defaults(
        "retry",
        &[
            ("attempts", policy.attempts.to_string()),
            ("backoff: kind", format!("{kind:?}").to_lowercase()),
            ("backoff: initial", format!("{initial:?}")),
            ("backoff: factor", factor.to_string()),
            ("backoff: max", format!("{max:?}")),
            ("backoff: jitter", format!("{jitter:?}").to_lowercase()),
            ("max_retry_after", format!("{:?}", policy.max_retry_after)),
            ("idempotent", policy.idempotent.to_string()),
            ("repeat_nested", policy.repeat_nested.to_string()),
        ],
    );
    assert_defaults(
        "timeout",
        &[
            ("timeout", or_none(policy.timeout)),
            ("deadline", or_none(policy.deadline)),
        ],
    );
}

#[test]
fn the_defaults_of_a_breaker_are_those_of_the_code() {
    let breaker = Breaker::DEFAULT;
    assert_defaults(
        "breaker",
        &[
            ("failure_ratio", breaker.failure_ratio.to_string()),
            ("window", format!("{:?}", breaker.window)),
            ("min_calls", breaker.min_calls.to_string()),
            ("consecutive", or_none(breaker.consecutive)),
            ("slow", or_none(breaker.slow)),
            ("break_duration", format!("{:?}", breaker.break_duration)),
            (
                "max_break_duration",
                format!("{:?}", breaker.max_break_duration),
            ),
            ("factor", breaker.factor.to_string()),
            ("half_open_probes", breaker.half_open_probes.to_string()),
            ("probe_timeout", format!("{:?}", breaker.probe_timeout)),
        ],
    );
}

/// The cost of a failed retry after this status, and the balance after it.
async fn price(upstream: &Upstream, status: u16) -> f64 {
    let before = upstream.snapshot().budget;
    let policy = Policy::new()
        .attempts(2)
        .backoff(Backoff::fixed(Duration::ZERO));
    let result: Result<(), Failure> = call!(upstream = upstream, policy = policy, async {
        Err(Failure::status(status))
    })
    .await;
    result.unwrap_err();
    before - upstream.snapshot().budget
}

#[tokio::test(start_paused = true)]
async fn the_numbers_of_the_budget_are_those_of_the_code() {
    let upstream = Upstream::new("guide");
    let full = upstream.snapshot().budget;
    let (fault, overload) = (price(&upstream, 500).await, price(&upstream, 503).await);
    for status in [429, 504, 408] {
        let other = Upstream::new("guide");
        assert_eq!(rounded(price(&other, status).await), rounded(overload));
    }
    let before = upstream.snapshot().budget;
    let result: Result<(), Failure> = call!(upstream = &upstream, async { Ok(()) }).await;
    result.unwrap();
    let earned = upstream.snapshot().budget - before;
    let start = upstream.snapshot().budget;
    let time = tokio::time::Instant::now();
    while upstream.snapshot().budget < start + 1.0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let seconds = time.elapsed().as_secs_f64();
    assert_defaults(
        "budget",
        &[
            ("budget", Policy::DEFAULT.budget.to_string()),
            ("initial and maximum balance", rounded(full)),
            ("deposit of a success", rounded(earned)),
            ("cost of a failed retry", rounded(fault)),
            (
                "cost of a failed retry after 429, 503, 504 or a timeout",
                rounded(overload),
            ),
            ("time for a deposit of 1", rounded(seconds) + "s"),
        ],
    );
}

/// Some hundredths are restored while time passes.
fn rounded(number: f64) -> String {
    format!("{number:.0}")
}

#[test]
fn the_defaults_of_the_limits_are_those_of_the_code() {
    let UpstreamConfig {
        gate,
        max_wait,
        keys,
        ..
    } = UpstreamConfig::new("guide");
    // No bound is spelled out in words.
    assert_eq!(max_wait, Duration::MAX);
    for name in ["rate", "gate", "concurrency"] {
        assert_eq!(default(name, "max_wait"), "none: until the deadline");
    }
    assert!(default("gate", "gate").starts_with(&format!("{gate}:")));
    assert_eq!(default("keys", "UpstreamConfig::keys"), with_comma(keys));
    assert_eq!(Concurrency::DEFAULT_QUEUE, u32::MAX);
    let queue = default("concurrency", "queue");
    assert_eq!(queue, "none: unlimited");
    let burst = default("rate", "burst of requests");
    assert_eq!(burst, "the amount of one second, at least 1");
    assert_eq!(default("rate", "burst of tokens"), "the whole amount");
    for (rate, requests, tokens) in [
        (Rate::per_minute(600), 10, 600),
        (Rate::per_hour(60), 1, 60),
    ] {
        let limited = Upstream::new("guide").requests(rate).tokens(rate);
        let snapshot = limited.snapshot();
        let bursts = (snapshot.request_capacity, snapshot.token_capacity);
        assert_eq!(bursts, (Some(requests), Some(tokens)), "{rate}");
    }
}

/// A figure appears on the page and in the row of its simulation.
#[test]
fn the_figures_are_those_of_the_simulations() {
    let storm = page("storm");
    let queue = "| a tenth of the capacity, deep queue: ";
    for (name, row, figures) in [
        ("retry", "| 500 a second ", &["100 %", "17 %"][..]),
        ("budget", queue, &["6 s", "1.0", "3.8"]),
        ("budget", "| 60 % random 500: ", &["94 %", "95 %"]),
        ("breaker", queue, &["6 s"]),
        ("gate", "| 2,000 a second ", &["100 %"]),
    ] {
        let row = storm.iter().find(|line| line.starts_with(row)).unwrap();
        for figure in figures {
            assert!(row.contains(figure), "{row}: {figure}");
            assert!(text(name).contains(figure), "{name}: {figure}");
        }
    }
}
