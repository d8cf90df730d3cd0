//! What cargo says of a package: its messages, tests and machine code.

use crate::{
    diagnostics::Diagnostic,
    package::{Package, Result},
    root,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

impl Package<'_> {
    /// Runs `cargo check` on the library.
    pub fn check(&self, extra: &[&str]) -> Result<Check> {
        // Warnings of a cached build would be repeated, but its time would be none.
        let mut cargo = self.cargo("check");
        cargo.args(["--lib", "--message-format=json"]).args(extra);
        let start = Instant::now();
        let output = cargo.output()?;
        let time = start.elapsed();
        let text = String::from_utf8_lossy(&output.stdout);
        let diagnostics: Vec<Diagnostic> = text.lines().filter_map(Diagnostic::parse).collect();
        let passed = output.status.success();
        if !passed && !diagnostics.iter().any(|diagnostic| diagnostic.is_error) {
            return Err(failed("cargo check", &output));
        }
        Ok(Check {
            passed,
            diagnostics,
            time,
        })
    }

    /// Makes cargo build the crate again, though no file has another content.
    pub fn touch(&self) -> Result<()> {
        for file in &self.files {
            fs::write(&file.path, fs::read_to_string(&file.path)?)?;
        }
        Ok(())
    }

    /// The tests of the subject that pass.
    pub fn tests(&self) -> Result<BTreeSet<String>> {
        let mut cargo = self.cargo("test");
        cargo
            .arg("--no-fail-fast")
            .args(self.subject.tests.unwrap_or_default());
        let output = cargo.output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !text.contains("test result:") {
            return Err(failed("cargo test", &output));
        }
        let ok = text
            .lines()
            .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... ok"));
        let mut passed = BTreeSet::new();
        for name in ok {
            // Tests of two binaries may share a name.
            let mut name = name.to_owned();
            while !passed.insert(name.clone()) {
                name.push_str(" again");
            }
        }
        Ok(passed)
    }

    /// The bytes of machine code in the optimised library, and the number of roots in it.
    pub fn machine_code(&self) -> Result<(u64, usize)> {
        let mut cargo = self.cargo("build");
        cargo.args(["--lib", "--release", "--message-format=json"]);
        let output = cargo.output()?;
        if !output.status.success() {
            return Err(failed("cargo build", &output));
        }
        let artifacts = String::from_utf8_lossy(&output.stdout);
        let library = artifacts.lines().rev().find_map(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            let files = line.get("filenames")?.as_array()?.iter();
            let mut names = files.filter_map(Value::as_str);
            names
                .find(|name| {
                    Path::new(name)
                        .extension()
                        .is_some_and(|extension| extension == "rlib")
                })
                .map(str::to_owned)
        });
        let library = library.ok_or("cargo build wrote no library")?;
        let output = Command::new("size").args(["-A", &library]).output()?;
        let sections = String::from_utf8_lossy(&output.stdout);
        let sizes = sections.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next().filter(|name| name.starts_with(".text"))?;
            words.next()?.parse::<u64>().ok()
        });
        let output = Command::new("nm").arg(&library).output()?;
        let symbols = String::from_utf8_lossy(&output.stdout);
        let is_root = |line: &&str| line.contains(" T ") && line.contains(root::NAME);
        let roots: BTreeSet<_> = symbols.lines().filter(is_root).collect();
        Ok((sizes.sum(), roots.len()))
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .arg(command)
            .arg("--manifest-path")
            .arg(self.folder.join("Cargo.toml"));
        cargo
            .arg("--target-dir")
            .arg(&self.target)
            .stdin(Stdio::null());
        if let Some(features) = self.subject.features {
            cargo.args(["--no-default-features", "--features", features]);
        }
        // Flags of the caller, such as `-D warnings`, would end the count at the first warning.
        cargo.env_remove("RUSTFLAGS").env("CARGO_INCREMENTAL", "0");
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
        cargo
    }
}

/// A run of `cargo check`.
pub struct Check {
    pub passed: bool,
    pub diagnostics: Vec<Diagnostic>,
    pub time: Duration,
}

pub fn failed(command: &str, output: &Output) -> Box<dyn Error> {
    format!(
        "{command} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    )
    .into()
}
