//! The pages of the guide have one shape, and their numbers are those of the code and of the
//! simulations.

mod defaults;
mod pages;

use std::{fs, path::PathBuf};

/// Pages of tables, which have headings of their own.
const REFERENCE: [&str; 7] = [
    "classes",
    "cost",
    "fleet",
    "judgement",
    "secrets",
    "settings",
    "storm",
];
const HEADINGS: [&str; 5] = ["Why", "Use", "Defaults", "Events", "What it will not do"];
const ARGUMENTS: &str = "attempts timeout deadline backoff on max_retry_after idempotent upstream key cost breaker \
    requests tokens concurrency budget hedge fallback first idle content last split";

fn sources() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.parent().unwrap().join("resilient-runtime/src")
}

/// The documentation of a file, line by line.
pub(super) fn docs(name: &str) -> Vec<String> {
    let text = fs::read_to_string(sources().join(name)).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("//!"));
    lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned())
        .collect()
}

pub(super) fn page(name: &str) -> Vec<String> {
    docs(&format!("guide/{name}.rs"))
}

/// A page as one line, so that line breaks do not matter.
fn text(name: &str) -> String {
    page(name).join(" ")
}

/// The rows of the first table after a line, cell by cell, without its heading.
pub(super) fn table<'a>(lines: impl Iterator<Item = &'a String>) -> Vec<Vec<String>> {
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
