//! Each entry of `FAULTS.md` names a test that exists, and each numbered test has an entry.

use std::{fs, path::Path};

/// The sources below this folder.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_fault_has_its_tests_and_every_numbered_test_its_fault() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut code = String::new();
    for folder in ["tests", "resilient-runtime", "resilient-macros"] {
        sources(&root.join(folder), &mut code);
    }
    let list = include_str!("../FAULTS.md");
    let named: Vec<&str> = list
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.starts_with('f'))
        .collect();
    assert!(named.len() > 40, "{}", named.len());
    for name in &named {
        assert!(code.contains(&format!("fn {name}(")), "no test {name}");
    }
    for (_, rest) in code.match_indices("fn f").map(|(at, _)| code.split_at(at)) {
        let name = rest.trim_start_matches("fn ").split('(').next().unwrap();
        let number: String = name.chars().skip(1).take(2).collect();
        if number.len() == 2 && number.chars().all(|digit| digit.is_ascii_digit()) {
            assert!(named.contains(&name), "{name} is not in the list");
        }
    }
}
