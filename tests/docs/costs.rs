//! The figures of the page on cost are those that the benches hold.

use crate::guide::{page, table};

#[path = "../bench/rows.rs"]
mod rows;

const LOCK: &str = include_str!("../../Cargo.lock");
/// Rows of the page, and the subjects of the bench.
const SHARED: [(&str, &str); 10] = [
    (
        "an upstream with nothing but the retry budget",
        "resilient: retry budget only",
    ),
    (
        "breaker, limits of requests and concurrency, retries, timeout",
        "resilient: all five",
    ),
    ("and a limit of tokens", "resilient: all five, tokens too"),
    (
        "the same by key, without tokens",
        "resilient: all five, by key",
    ),
    (
        "the first target of a failover, with all five",
        "resilient: all five, of a failover",
    ),
    (
        "a blocking function without an upstream",
        "blocking: no upstream",
    ),
    ("a blocking function with the five", "blocking: all five"),
    (
        "no upstream, with statistics (147 without)",
        "with statistics: no upstream",
    ),
    ("the five, with statistics", "with statistics: all five"),
    (
        "the five by key, with statistics",
        "with statistics: by key",
    ),
];

fn rows_of(heading: &str) -> Vec<Vec<String>> {
    let page = page("cost");
    table(page.iter().skip_while(|line| *line != heading))
}

fn row(rows: &[Vec<String>], name: &str) -> Vec<u64> {
    let row = rows.iter().find(|row| row[0] == name);
    let row = row.unwrap_or_else(|| panic!("the page has no row {name:?}"));
    let figures = row[1..].iter().map(|cell| cell.replace(',', ""));
    figures.map(|cell| cell.parse().unwrap()).collect()
}

/// The bench fails before a call costs 3 % more than the page says.
fn is_held(documented: u64, limit: u64) -> bool {
    (documented..=documented * 103 / 100).contains(&limit)
}

#[test]
fn the_figures_of_a_call_are_held_by_the_bench() {
    let rows = rows_of("# One call");
    let [at_once, pending, allocations, bytes] = row(&rows, "#[resilient]")[..] else {
        panic!("other columns")
    };
    let bare = row(&rows, "the bare function")[3];
    for (documented, name) in [
        (at_once, rows::AT_ONCE),
        (pending, rows::ONE_PENDING),
        (allocations, rows::ALLOCATIONS),
        (bytes - bare, rows::FUTURE),
    ] {
        let limit = rows::limit(name).unwrap();
        assert!(
            is_held(documented, limit),
            "{name}: {documented}, limit {limit}"
        );
    }
}

#[test]
fn the_figures_of_shared_limits_are_held_by_the_bench() {
    let rows = rows_of("# Shared limits");
    assert_eq!(
        SHARED.map(|(_, subject)| subject),
        rows::SHARED.map(|(subject, _)| subject)
    );
    for ((name, _), (_, limit)) in SHARED.into_iter().zip(rows::SHARED) {
        let [instructions, allocations] = row(&rows, name)[..] else {
            panic!("other columns")
        };
        assert_eq!(allocations, 0, "{name}");
        assert!(
            is_held(instructions, limit),
            "{name}: {instructions}, limit {limit}"
        );
    }
}

/// The figures of peers are those of the versions that the bench builds.
#[test]
fn the_versions_of_peers_are_those_of_the_bench() {
    let page = page("cost").join(" ");
    for (peer, package) in [
        ("backon", "backon"),
        ("recloser", "recloser"),
        ("governor", "governor"),
        ("failsafe", "failsafe"),
        ("seatbelt", "seatbelt"),
        ("tower-resilience", "tower-resilience-circuitbreaker"),
    ] {
        let version = LOCK.split("[[package]]").find_map(|entry| {
            let (_, version) = entry.split_once(&format!("name = \"{package}\"\nversion = \""))?;
            version.split('"').next()
        });
        let (minor, _) = version.unwrap().rsplit_once('.').unwrap();
        assert!(page.contains(&format!("{peer} {minor}")), "{peer} {minor}");
    }
}
