//! The README, the documentation of the crate and that of the attribute agree with the code.

use crate::guide::{docs, page, table};
use resilient_runtime::{Class, Policy};

const README: &str = include_str!("../../README.md");
const MACROS: &str = include_str!("../../resilient-macros/src/lib.rs");
const MANIFEST: &str = include_str!("../../resilient-runtime/Cargo.toml");

#[test]
fn the_readme_fits_its_length() {
    let lines = README.lines().count();
    assert!(lines <= 250, "{lines} lines");
}

#[test]
fn the_readme_names_the_msrv_and_the_version() {
    let workspace = include_str!("../../Cargo.toml");
    let value = |key: &str| {
        let line = workspace.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap().trim_matches([' ', '=', '"'])
    };
    let msrv = value("rust-version");
    assert!(README.contains(&format!("MSRV: Rust {msrv};")), "{msrv}");
    let (minor, _) = value("version").rsplit_once('.').unwrap();
    assert!(
        README.contains(&format!("version = \"{minor}\"")),
        "{minor}"
    );
}

/// There is one introduction: README and crate are the same up to the paragraph after the example.
#[test]
fn the_introduction_is_the_same_in_the_readme_and_in_the_crate() {
    let source = docs("lib.rs");
    let of_crate: Vec<String> = source
        .into_iter()
        .take_while(|line| !line.starts_with("# "))
        .map(|line| line.replace("```rust", "```"))
        .filter(|line| !line.is_empty())
        .collect();
    let of_readme: Vec<String> = README
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with("`cargo run` plays"))
        .map(|line| line.replace("```rust", "```"))
        .filter(|line| !line.is_empty())
        .collect();
    // In the crate, the opening fence depends on a feature, so it is not a line of its
    // documentation.
    let fence = |line: &&String| *line == "```";
    assert_eq!(of_readme.iter().filter(fence).count(), 2);
    let without = |lines: &[String]| -> Vec<String> {
        lines
            .iter()
            .filter(|line| *line != "```")
            .cloned()
            .collect()
    };
    assert!(of_crate.len() >= 15, "{of_crate:?}");
    assert_eq!(without(&of_readme), without(&of_crate));
}

/// The default of the first argument in a row of the table of arguments.
fn default_of(argument: &str) -> String {
    let row = MACROS
        .lines()
        .filter_map(|line| line.strip_prefix("/// | `"))
        .find(|row| row.starts_with(argument))
        .unwrap_or_else(|| panic!("{argument} has no row"));
    let default = row.trim_end_matches('|').rsplit('|').next().unwrap();
    default.replace(['`', '"'], "").trim().to_owned()
}

#[test]
fn the_defaults_of_the_arguments_are_the_default_policy() {
    let Policy {
        attempts,
        timeout,
        deadline,
        backoff,
        max_retry_after,
        idempotent,
        repeat_nested,
        budget,
        ..
    } = Policy::DEFAULT;
    assert_eq!(deadline, None);
    let kind = format!("{:?}", backoff.kind).to_lowercase();
    for (argument, expected) in [
        ("attempts = ", attempts.to_string()),
        ("timeout = ", format!("{:?}", timeout.unwrap())),
        ("deadline = ", "none".to_owned()),
        ("backoff(initial = ", "as shown".to_owned()),
        ("backoff(kind = ", kind),
        ("max_retry_after = ", format!("{max_retry_after:?}")),
        ("idempotent = ", idempotent.to_string()),
        ("repeat_nested = ", repeat_nested.to_string()),
        ("budget = ", budget.to_string()),
    ] {
        assert_eq!(default_of(argument), expected, "{argument}");
    }
    let shown = format!(
        "`backoff(initial = \"{:?}\", factor = {}, max = \"{:?}\", jitter = \"{}\")`",
        backoff.initial,
        backoff.factor,
        backoff.max,
        format!("{:?}", backoff.jitter).to_lowercase()
    );
    assert!(MACROS.contains(&shown), "{shown}");
}

/// The names in a table of keys: the first string of each row.
fn keys() -> Vec<&'static str> {
    let table = include_str!("../../resilient-macros/src/args/keys.rs");
    let rows = table.split("\n    row(").skip(1);
    rows.map(|row| row.split('"').nth(1).unwrap()).collect()
}

#[test]
fn every_argument_has_a_row() {
    let rows: Vec<&str> = MACROS
        .lines()
        .filter(|line| line.starts_with("/// | `"))
        .collect();
    let keys = keys();
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        let is_shown = |row: &&&str| {
            let cell = row.split('|').nth(1).unwrap_or_default();
            cell.split('`').any(|word| {
                word == key
                    || word.starts_with(&[key, " ="].concat())
                    || word.starts_with(&[key, "("].concat())
            })
        };
        assert!(rows.iter().any(|row| is_shown(&row)), "no row for {key}");
    }
}

#[test]
fn the_attribute_names_every_class() {
    let (_, list) = MACROS.split_once("/// The classes are ").unwrap();
    let (list, _) = list.split_once("///\n").unwrap();
    for class in Class::ALL {
        assert!(list.contains(class.as_str()), "{class}");
    }
}

#[test]
fn the_classes_table_is_the_classes() {
    let found = table(page("classes").iter());
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

#[test]
fn the_features_table_is_the_manifest() {
    let (_, features) = MANIFEST.split_once("[features]\n").unwrap();
    let (features, _) = features.split_once("\n[").unwrap();
    let (default, features): (Vec<&str>, Vec<&str>) = features
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .partition(|line| line.starts_with("default = "));
    let mut expected: Vec<&str> = features
        .iter()
        .map(|line| line.split(" = ").next().unwrap())
        .collect();
    let source = docs("lib.rs");
    let rows = table(source.iter().skip_while(|line| *line != "# Features"));
    let names = |cell: &str| -> Vec<String> {
        let names = cell.replace(" (default)", "");
        names.split(", ").map(ToOwned::to_owned).collect()
    };
    let mut found: Vec<String> = rows.iter().flat_map(|row| names(&row[0])).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    for row in rows {
        for name in names(&row[0]) {
            let is_default = default[0].contains(&format!("\"{name}\""));
            assert_eq!(row[0].contains("(default)"), is_default, "{name}");
        }
    }
}
