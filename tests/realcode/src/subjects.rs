//! The crates, and what the attribute needs to know of the errors of each.

/// A published crate.
pub struct Subject {
    pub name: &'static str,
    pub version: &'static str,
    /// The features of the crate in place of its default ones, which may need a library of C.
    pub features: Option<&'static str>,
    pub runtime_features: &'static [&'static str],
    /// The file at whose end `errors` goes.
    pub errors_in: &'static str,
    /// The implementations of `Classify` and `FromRejection` that a user of the attribute writes.
    pub errors: &'static str,
    /// What such a user changes in the crate itself: file, text, and the text in its place.
    pub edits: &'static [(&'static str, &'static str, &'static str)],
    /// Arguments of the test binary if its tests need no network.
    pub tests: Option<&'static [&'static str]>,
    /// The functions that compile at once, at least; `--check` fails below.
    pub expected: usize,
}

pub const SUBJECTS: &[Subject] = &[
    Subject {
        name: "hcloud",
        version: "0.26.0",
        features: Some("rustls-tls"),
        runtime_features: &["reqwest-012"],
        errors_in: "src/apis/mod.rs",
        errors: include_str!("../crates/hcloud.rs"),
        edits: &[],
        tests: None,
        expected: 0,
    },
    Subject {
        name: "openai-api-rs",
        version: "10.0.2",
        features: Some("rustls"),
        runtime_features: &["reqwest-012"],
        errors_in: "src/v1/error.rs",
        errors: include_str!("../crates/openai-api-rs.rs"),
        edits: &[],
        tests: None,
        expected: 0,
    },
];
