//! The form of the sources, as far as neither the formatter nor the lints see it.

use std::{fs, path::Path};

/// The sources below `folder`, without what a tool has written.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "snapshots" && !name.starts_with('.') {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), source));
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        &mut found,
    );
    found.retain(|(path, _)| !path.ends_with(".out.rs"));
    assert!(found.len() > 400, "{}", found.len());
    found
}

/// Prose of comments, without code in them, tables and addresses.
fn prose(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    source.lines().enumerate().filter(move |(_, line)| {
        let line = line.trim_start();
        let text = line.trim_start_matches(['/', '!']).trim_start();
        is_code ^= line.starts_with("//") && text.starts_with("```");
        let is_text = !text.starts_with('|') && !text.contains("http");
        line.starts_with("// ") || (line.starts_with("//") && is_text && !is_code)
    })
}

#[test]
fn comments_are_within_a_hundred_columns() {
    for (path, source) in all_sources() {
        for (number, line) in prose(&source) {
            let width = line.chars().count();
            assert!(width <= 100, "{path}:{}: {width} columns", number + 1);
        }
    }
}

#[test]
fn a_file_above_three_hundred_lines_says_why() {
    for (path, source) in all_sources() {
        let lines = source.lines().count();
        let header = source.replace("\n//!", "").to_lowercase();
        let says_why = header.contains("above 300 lines");
        assert!(lines <= 300 || says_why, "{path}: {lines} lines");
    }
}
