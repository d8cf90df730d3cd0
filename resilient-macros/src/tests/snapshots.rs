//! Reviewed expansions: `NAME.in.rs` is the input, `NAME.out.rs` its expansion. Those of the
//! attribute are in `snapshots`, those of the derive in `snapshots/derive`, and those with a place
//! before the body, where something else can take its place, in `snapshots/injection`. `BLESS=1
//! cargo test -p resilient-macros` writes the expansions.

use super::{derived, expanded, expanded_with_injection};
use proc_macro2::TokenStream;
use std::{
    fs,
    path::{Path, PathBuf},
};

type Expand = fn(&str) -> TokenStream;

/// The folders, and the macro that expands the files in each.
const FOLDERS: &[(&str, Expand)] = &[
    ("snapshots", expanded),
    ("snapshots/derive", derived),
    ("snapshots/injection", expanded_with_injection),
];

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names of the files with this ending, without it.
fn names(folder: &Path, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            Some(
                entry
                    .unwrap()
                    .file_name()
                    .to_str()?
                    .strip_suffix(ending)?
                    .to_owned(),
            )
        })
        .collect();
    names.sort();
    names
}

#[test]
fn expansions_are_the_reviewed_ones() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, expand) in FOLDERS {
        let folder = folder(name);
        let inputs = names(&folder, ".in.rs");
        assert!(!inputs.is_empty(), "nothing in {name}");
        for name in inputs {
            let written = fs::read_to_string(folder.join(format!("{name}.in.rs"))).unwrap();
            let output = folder.join(format!("{name}.out.rs"));
            let now = pretty(&expand(&written));
            if bless {
                fs::write(&output, &now).unwrap();
                continue;
            }
            let reviewed = fs::read_to_string(&output).unwrap_or_default();
            if reviewed != now {
                eprintln!("{name}:\n{}", difference(&reviewed, &now));
                wrong.push(name);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:?} changed; if so intended: BLESS=1, and review the diff"
    );
}

#[test]
fn every_reviewed_expansion_has_its_input() {
    for (name, _) in FOLDERS {
        let inputs = names(&folder(name), ".in.rs");
        for name in names(&folder(name), ".out.rs") {
            assert!(inputs.contains(&name), "{name}.out.rs has no {name}.in.rs");
        }
    }
}

fn pretty(tokens: &TokenStream) -> String {
    match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{error} in {tokens}"),
    }
}

/// The lines that differ, between those that are the same at the start and at the end.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let start = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let removed = old[..old.len() - end]
        .iter()
        .map(|line| format!("- {line}\n"));
    let added = new[..new.len() - end]
        .iter()
        .map(|line| format!("+ {line}\n"));
    removed.chain(added).collect()
}

#[test]
fn difference_shows_the_lines_that_changed() {
    assert_eq!(difference("a\nb\nc", "a\nx\ny\nc"), "- b\n+ x\n+ y\n");
    assert_eq!(difference("", "a"), "+ a\n");
    assert_eq!(difference("a\na", "a"), "- a\n");
}
