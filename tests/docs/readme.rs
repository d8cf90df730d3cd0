//! The tables of the README agree with the code.

use resilient_runtime::{Class, Policy};

const README: &str = include_str!("../../README.md");

/// The rows of the table under a heading, cell by cell, without the heading of the table.
fn table(heading: &str) -> Vec<Vec<String>> {
    let (_, section) = README.split_once(&format!("\n## {heading}\n")).unwrap();
    section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|row| {
            let cells = row.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().replace('`', "")).collect()
        })
        .collect()
}

#[test]
fn the_defaults_table_is_the_default_policy() {
    let Policy {
        attempts,
        timeout,
        deadline,
        backoff,
        max_retry_after,
        idempotent,
        budget,
        ..
    } = Policy::DEFAULT;
    assert_eq!(deadline, None);
    let expected = [
        ("attempts", attempts.to_string()),
        ("timeout", format!("{:?}", timeout.unwrap())),
        ("deadline", "none".to_owned()),
        (
            "backoff: kind",
            format!("{:?}", backoff.kind).to_lowercase(),
        ),
        ("backoff: initial", format!("{:?}", backoff.initial)),
        ("backoff: factor", backoff.factor.to_string()),
        ("backoff: max", format!("{:?}", backoff.max)),
        (
            "backoff: jitter",
            format!("{:?}", backoff.jitter).to_lowercase(),
        ),
        ("max_retry_after", format!("{max_retry_after:?}")),
        ("idempotent", idempotent.to_string()),
        ("budget", budget.to_string()),
    ];
    let found: Vec<(String, String)> = table("Defaults")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(found, expected);
}

#[test]
fn the_classes_table_is_the_classes() {
    let found = table("Classes");
    let expected: Vec<[String; 2]> = Class::ALL
        .iter()
        .map(|class| {
            let retried = match class {
                Class::QuotaExhausted => "never",
                class if class.is_retried_by_default() => "yes",
                _ => "no",
            };
            [class.to_string(), retried.to_owned()]
        })
        .collect();
    let rows: Vec<[String; 2]> = found
        .iter()
        .map(|row| [row[0].clone(), row[2].clone()])
        .collect();
    assert_eq!(rows, expected);
    for (class, row) in Class::ALL.iter().zip(&found) {
        assert_eq!(row[3], class.advice(), "{class}");
    }
}
