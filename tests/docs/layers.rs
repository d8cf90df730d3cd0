//! The modules of the runtime form layers: each uses only those before it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// In order. `__private` names everything for expansions and `attribute` for messages, `guide`
/// holds docs, `models` tests.
const LAYERS: [&str; 40] = [
    "sync",
    "suggest",
    "scope",
    "arguments",
    "clock",
    "random",
    "blocking",
    "timer",
    "redact",
    "failure",
    "ambient",
    "budget",
    "policy",
    "cap",
    "event",
    "latency",
    "statistics",
    "item",
    "halt",
    "shutdown",
    "switch",
    "call_site",
    "sharing",
    "upstream",
    "failover",
    "metrics",
    "inspect",
    "config",
    "route",
    "status_page",
    "http",
    "classify",
    "call",
    "stream",
    "batch",
    "bulk",
    "hedge",
    "chaos",
    "adapters",
    "testing",
];
const OUTSIDE: [&str; 5] = ["lib", "__private", "attribute", "guide", "models"];

/// The source without comments and unit tests.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The first names of the paths that begin with `crate::`.
fn used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            used.insert(name(rest));
            continue;
        };
        let (mut depth, mut is_start) = (1, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => is_start = true,
                c if depth == 1 && is_start && !c.is_whitespace() => {
                    used.insert(name(&group[at..]));
                    is_start = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    used
}

fn name(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The module of each name that `lib.rs` exports.
fn exports(lib: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for statement in lib.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap();
        let Some((module, names)) = statement.split_once("::") else {
            continue;
        };
        for exported in names.split([',', '{', '}']) {
            let exported = name(exported.trim());
            exports.insert(exported, module.to_owned());
        }
    }
    exports
}

/// Not a unit test, and no data.
fn is_code(path: &Path) -> bool {
    let path = path.to_string_lossy();
    path.ends_with(".rs") && !path.ends_with("_test.rs")
}

fn sources(folder: &Path, sources: &mut Vec<(String, String)>, root: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            self::sources(&path, sources, root);
        } else if is_code(&path) {
            let relative = path.strip_prefix(root).unwrap().to_string_lossy();
            sources.push((relative.into_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn modules_of_the_runtime_use_only_earlier_layers() {
    let root = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../resilient-runtime/src"
    ));
    let exports = exports(&code(&fs::read_to_string(root.join("lib.rs")).unwrap()));
    let mut files = Vec::new();
    sources(root, &mut files, root);
    assert!(files.len() > 80, "{}", files.len());

    let place = |module: &str| LAYERS.iter().position(|layer| *layer == module);
    let mut wrong = Vec::new();
    for (path, source) in files {
        let module = path.split(['/', '.']).next().unwrap();
        if OUTSIDE.contains(&module) {
            continue;
        }
        let Some(own) = place(module) else {
            panic!("{module} is no layer: add it to the list");
        };
        for name in used(&code(&source)) {
            let target = exports.get(&name).unwrap_or(&name);
            if place(target).is_some_and(|other| other > own) {
                wrong.push(format!("{path} uses {target} ({name})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn used_names_are_found_in_groups_and_in_paths() {
    let names =
        used("use crate::{Class, budget::{Answer, Budget}, clock::Moment}; crate::event::emit();");
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        ["Class", "budget", "clock", "event"]
    );
}
