//! One table of errors of every client, which is the same whatever other features are on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code fails loudly"
)]

#[cfg(any(feature = "sqlx", feature = "tokio-postgres", feature = "redis"))]
mod databases;
#[cfg(any(
    feature = "reqwest",
    feature = "reqwest-012",
    feature = "hyper-util",
    feature = "octocrab",
    feature = "ureq"
))]
mod http;
mod others;

use resilient_client_table::Table;
use std::{collections::BTreeSet, env, fs, path::Path};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/client-errors.md");

const HEAD: &str = "| client | error | class | retried | processed | wait | code |\n\
                    |---|---|---|---|---|---|---|\n";

fn client_of(row: &str) -> &str {
    row.split('|').nth(1).unwrap_or_default()
}

/// `BLESS=1` writes the table, with all features.
#[tokio::test]
async fn f158_the_table_is_the_same_whatever_other_features_are_on() {
    let mut table = Table::default();
    others::rows(&mut table);
    #[cfg(any(
        feature = "reqwest",
        feature = "reqwest-012",
        feature = "hyper-util",
        feature = "octocrab",
        feature = "ureq"
    ))]
    http::rows(&mut table).await;
    #[cfg(any(feature = "sqlx", feature = "tokio-postgres", feature = "redis"))]
    databases::rows(&mut table).await;
    let Table(mut rows) = table;
    rows.sort();
    if env::var_os("BLESS").is_some() {
        fs::write(FILE, format!("{HEAD}{}\n", rows.join("\n"))).unwrap();
    }
    // With all features the whole table is expected, so no client is missed.
    let has_all = cfg!(feature = "default");
    let clients: BTreeSet<&str> = rows.iter().map(|row| client_of(row)).collect();
    let fixture = fs::read_to_string(Path::new(FILE)).expect("the table");
    let expected: Vec<&str> = fixture
        .lines()
        .skip(2)
        .filter(|row| has_all || clients.contains(client_of(row)))
        .collect();
    assert_eq!(rows, expected);
}
