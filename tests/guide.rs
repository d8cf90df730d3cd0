//! The pages of the guide have one shape, and their numbers are those of the code and of the README.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_runtime::{
    Backoff, Breaker, Class, Concurrency, Policy, Rate, Upstream, UpstreamConfig, call,
    decide::GiveUp,
};
use resilient_tests::Failure;
use std::{collections::BTreeSet, fs, path::PathBuf, time::Duration};

const README: &str = include_str!("../README.md");
const HEADINGS: [&str; 5] = ["Why", "Use", "Defaults", "Events", "What it will not do"];
const ARGUMENTS: &str = "attempts timeout deadline backoff on max_retry_after idempotent upstream key cost breaker \
    rate tokens concurrency budget hedge fallback";

fn sources() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.parent().unwrap().join("resilient-runtime/src")
}

/// The documentation of a file, line by line.
fn docs(name: &str) -> Vec<String> {
    let text = fs::read_to_string(sources().join(name)).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("//!"));
    lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned())
        .collect()
}

fn page(name: &str) -> Vec<String> {
    docs(&format!("guide/{name}.rs"))
}

/// A page in one line, so that it does not matter where a line ends.
fn text(name: &str) -> String {
    page(name).join(" ")
}

/// The modules that `guide/mod.rs` names.
fn pages() -> BTreeSet<String> {
    let text = fs::read_to_string(sources().join("guide/mod.rs")).unwrap();
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "));
    let pages: BTreeSet<String> = names
        .map(|name| name.trim_end_matches(';').to_owned())
        .collect();
    assert!(pages.len() >= 10, "{pages:?}");
    pages
}

/// The rows of the table that is the first from a line on, cell by cell, without its heading.
fn table<'a>(lines: impl Iterator<Item = &'a String>) -> Vec<Vec<String>> {
    let plain = |cell: &str| match cell.trim().replace('`', "").strip_prefix('[') {
        Some(link) => link.split(']').next().unwrap().to_owned(),
        None => cell.trim().replace('`', ""),
    };
    lines
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|row| row.trim_matches('|').split('|').map(plain).collect())
        .collect()
}

/// The table of the defaults of a page: what is set, and to what.
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

/// With a comma between thousands.
fn with_comma(number: usize) -> String {
    format!("{},{:03}", number / 1_000, number % 1_000)
}

#[test]
fn every_page_says_why_use_defaults_events_and_what_it_will_not_do() {
    for name in pages() {
        let whole = fs::read_to_string(sources().join(format!("guide/{name}.rs"))).unwrap();
        let page = page(&name);
        assert_eq!(
            page.len(),
            whole.lines().count(),
            "{name} is docs and no more"
        );
        assert!((30..=70).contains(&page.len()), "{name}: {}", page.len());
        // In a block of code, `# ` hides a line.
        let mut in_code = false;
        let headings: Vec<&str> = page
            .iter()
            .filter(|line| {
                in_code ^= line.starts_with("```");
                !in_code
            })
            .filter(|line| line.starts_with('#'))
            .map(|line| line.trim_start_matches("# "))
            .collect();
        assert_eq!(headings, HEADINGS, "{name}");
        let examples = page.iter().filter(|line| line.starts_with("```")).count();
        assert!(examples >= 2, "{name} has no example");
    }
}

#[test]
fn every_page_is_in_the_table_and_every_file_is_a_page() {
    let overview = docs("guide/mod.rs");
    let links: BTreeSet<String> = overview
        .iter()
        .filter_map(|row| row.strip_prefix("| ["))
        .map(|row| row.split(['(', ')']).nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(links, pages());
    let files: BTreeSet<String> = fs::read_dir(sources().join("guide"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned())
        .map(|name| name.into_string().unwrap())
        .filter(|name| name != "mod")
        .collect();
    assert_eq!(files, pages());
}

#[test]
fn every_event_is_on_a_page() {
    let lib = docs("lib.rs");
    let rows = table(lib.iter().skip_while(|line| *line != "# What is logged"));
    assert!(rows.len() >= 10, "{rows:?}");
    let guide: String = pages().iter().map(|name| text(name)).collect();
    for event in rows.iter().flat_map(|row| row[0].split(", ")) {
        assert!(guide.contains(&format!("`{event}`")), "{event}");
    }
}

#[test]
fn every_argument_is_on_a_page() {
    let guide: String = pages().iter().map(|name| text(name)).collect();
    for argument in ARGUMENTS.split(' ') {
        // As an argument is written, and not a method.
        let is_written = guide.match_indices(argument).any(|(at, _)| {
            let (before, rest) = guide.split_at(at);
            let rest = rest[argument.len()..].trim_start();
            let starts = before.ends_with([' ', '(', '`']);
            starts && rest.starts_with(['=', '('])
        });
        assert!(is_written, "{argument}");
    }
}

#[test]
fn the_reasons_are_named_as_the_log_has_them() {
    let refused = |class| GiveUp::Refused { class, wait: None };
    for (name, reason) in [
        ("budget", GiveUp::BudgetSpent),
        ("breaker", refused(Class::CircuitOpen)),
        ("rate", refused(Class::Limited)),
        ("gate", refused(Class::Limited)),
        ("concurrency", refused(Class::AtCapacity)),
    ] {
        let named = text(name).contains(&format!("`{reason}`"));
        assert!(named, "{name}: {reason}");
    }
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
            ("pause", format!("{:?}", breaker.pause)),
            ("max_pause", format!("{:?}", breaker.max_pause)),
            ("factor", breaker.factor.to_string()),
            ("probes", breaker.probes.to_string()),
            ("lease", format!("{:?}", breaker.lease)),
        ],
    );
}

/// What a failed retry after this status costs, and what the balance is then.
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
            ("the balance starts at, and is at most", rounded(full)),
            ("a success earns", rounded(earned)),
            ("a failed retry costs, after a fault", rounded(fault)),
            (
                "a failed retry costs, after 429, 503, 504 or a timeout",
                rounded(overload),
            ),
            ("time gives back one in", rounded(seconds) + "s"),
        ],
    );
}

/// A few hundredths come back while time goes on.
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
    // No bound is told in words.
    assert_eq!(max_wait, Duration::MAX);
    for name in ["rate", "gate", "concurrency"] {
        assert_eq!(
            default(name, "max_wait"),
            "none: as long as the deadline allows"
        );
    }
    assert!(default("gate", "gate").starts_with(&format!("{gate}:")));
    assert_eq!(default("keys", "UpstreamConfig::keys"), with_comma(keys));
    assert_eq!(Concurrency::DEFAULT_QUEUE, u32::MAX);
    let queue = default("concurrency", "queue");
    assert_eq!(queue, "none: as many as come may wait");
    let burst = default("rate", "burst of requests");
    assert_eq!(burst, "what comes back in a second, at least 1");
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

/// A figure stands in the page and in the row of the README that it is from.
#[test]
fn the_figures_are_those_of_the_readme() {
    let queue = "| a tenth of the capacity, deep queue: ";
    for (name, row, figures) in [
        ("retry", "| 500 a second ", &["100 %", "17 %"][..]),
        ("budget", queue, &["6 s", "1.0", "3.8"]),
        ("budget", "| 60 % random 500: ", &["94 %", "95 %"]),
        ("breaker", queue, &["6 s"]),
        ("gate", "| 2,000 a second ", &["100 %"]),
    ] {
        let row = README.lines().find(|line| line.starts_with(row)).unwrap();
        for figure in figures {
            assert!(row.contains(figure), "{row}: {figure}");
            assert!(text(name).contains(figure), "{name}: {figure}");
        }
    }
}
