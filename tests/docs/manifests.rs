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

/// F86: what the dependency policy demands is looked at by the `cargo deny` step of the checks.
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
