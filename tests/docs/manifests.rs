//! The manifests keep the lints and the default dependencies that the documentation promises.

/// The sources of both crates forbid unsafe code, and clippy denies what panics.
#[test]
fn f85_the_lints_that_keep_panics_out_are_on() {
    let workspace = include_str!("../../Cargo.toml");
    for lint in [
        "unsafe_code = \"forbid\"",
        "unwrap_used",
        "expect_used",
        "panic",
        "indexing_slicing",
        "arithmetic_side_effects",
    ] {
        assert!(workspace.contains(lint), "{lint}");
    }
    for manifest in [
        include_str!("../../resilient-runtime/Cargo.toml"),
        include_str!("../../resilient-macros/Cargo.toml"),
    ] {
        assert!(manifest.contains("[lints]\nworkspace = true"));
    }
}

/// F86: the `cargo deny` step of the checks covers the demands of the dependency policy.
#[test]
fn f86_no_unmaintained_crate_is_in_the_default_tree() {
    let manifest = include_str!("../../resilient-runtime/Cargo.toml");
    let default = manifest
        .lines()
        .find(|line| line.starts_with("default = "))
        .unwrap();
    assert_eq!(default, r#"default = ["macros", "tracing"]"#);
    assert!(manifest.contains("backoff = { workspace = true, optional = true }"));
}

/// In `CONTRIBUTING.md`, code spans with at least two underscores are names of tests.
#[test]
fn contributing_names_tests_that_exist() {
    fn sources(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" {
                    sources(&path, all);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                all.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = String::new();
    for folder in ["resilient-runtime/src", "resilient-macros/src", "tests"] {
        sources(&root.join(folder), &mut all);
    }
    let text = std::fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let is_name = |span: &&str| {
        span.matches('_').count() >= 2
            && span
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let names: Vec<&str> = text.split('`').skip(1).step_by(2).filter(is_name).collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        assert!(all.contains(&format!("fn {name}(")), "`{name}` is no test");
    }
}
