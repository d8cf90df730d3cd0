//! The shape of the pages, and their coverage of every event, argument and reason.

use super::{ARGUMENTS, HEADINGS, REFERENCE, docs, page, sources, table, text};
use resilient_runtime::{Class, GiveUp};
use std::{collections::BTreeSet, fs};

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
        assert!((30..=84).contains(&page.len()), "{name}: {}", page.len());
        if REFERENCE.contains(&&*name) {
            continue;
        }
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
    let rows = table(lib.iter().skip_while(|line| *line != "# Logging"));
    assert!(rows.len() >= 10, "{rows:?}");
    let guide: String = pages().iter().map(|name| text(name)).collect();
    for event in rows.iter().flat_map(|row| row[0].split(", ")) {
        assert!(guide.contains(&format!("`{event}`")), "{event}");
    }
}

/// The first string of each statement that logs is the name of the event.
#[test]
fn every_event_of_the_log_has_a_row() {
    let source = fs::read_to_string(sources().join("event/tracing.rs")).unwrap();
    let (_, emit) = source.split_once("fn emit(event: &Event<'_>)").unwrap();
    let lib = docs("lib.rs");
    let rows = table(lib.iter().skip_while(|line| *line != "# Logging"));
    let known: BTreeSet<&str> = rows.iter().flat_map(|row| row[0].split(", ")).collect();
    let mut found = BTreeSet::new();
    for logs in ["failure!(", "event!(", "circuit!("] {
        for statement in emit.split(logs).skip(1) {
            let statement = statement.split(';').next().unwrap();
            if let Some(name) = statement.split('"').nth(1) {
                assert!(known.contains(name), "`{name}` has no row");
                found.insert(name);
            }
        }
    }
    assert!(found.len() >= 17, "{found:?}");
}

#[test]
fn every_argument_is_on_a_page() {
    let guide: String = pages().iter().map(|name| text(name)).collect();
    for argument in ARGUMENTS.split(' ') {
        // Written as an argument, not as a method.
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
        ("rate", refused(Class::Throttled)),
        ("gate", refused(Class::Throttled)),
        ("concurrency", refused(Class::AtCapacity)),
        ("caps", refused(Class::CapReached)),
    ] {
        let named = text(name).contains(&format!("`{reason}`"));
        assert!(named, "{name}: {reason}");
    }
}
