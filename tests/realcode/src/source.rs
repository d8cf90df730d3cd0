//! The source of a published crate, as cargo has fetched it.

use crate::{package::Result, runs::failed, subjects::Subject};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder in cargo's registry with the source of the crate.
pub fn published(subject: &Subject, probe: &Path, workspace: &Path) -> Result<PathBuf> {
    let Subject { name, version, .. } = subject;
    fs::create_dir_all(probe.join("src"))?;
    fs::write(probe.join("src/lib.rs"), "")?;
    fs::copy(workspace.join("Cargo.lock"), probe.join("Cargo.lock"))?;
    let manifest = probe.join("Cargo.toml");
    let dependency = format!("{name} = {{ version = \"={version}\", default-features = false }}");
    let package =
        "[package]\nname = \"probe\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n";
    fs::write(&manifest, format!("{package}{dependency}\n"))?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = Command::new(cargo);
    metadata
        .args(["metadata", "--format-version=1", "--manifest-path"])
        .arg(&manifest);
    let output = metadata.output()?;
    if !output.status.success() {
        return Err(failed("cargo metadata", &output));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let package = packages.into_iter().flatten().find(|package| {
        package.get("name").and_then(Value::as_str) == Some(name)
            && package.get("version").and_then(Value::as_str) == Some(version)
    });
    let path = package.and_then(|package| package.get("manifest_path")?.as_str());
    let path = path.ok_or_else(|| format!("cargo has no {name} {version}"))?;
    Ok(Path::new(path).with_file_name(""))
}

/// Copies a folder, and lists the Rust files of its `src`.
pub fn copy(from: &Path, to: &Path, sources: &mut Vec<PathBuf>) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let copied = to.join(name);
        // Both would change how cargo builds.
        if name == ".cargo" || name.to_string_lossy().starts_with("rust-toolchain") {
            continue;
        }
        if path.is_dir() {
            copy(&path, &copied, sources)?;
            continue;
        }
        fs::copy(&path, &copied)?;
        if copied
            .extension()
            .is_some_and(|extension| extension == "rs")
        {
            sources.push(copied);
        }
    }
    Ok(())
}
