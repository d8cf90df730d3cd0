//! Paths of the installed servers, and the handling of missing ones.

use std::{
    env,
    io::{Write, stderr},
    path::{Path, PathBuf},
    thread,
};

/// The folder into which `.ci/servers` installs servers that are not system packages.
pub(crate) fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools")
}

/// The program of this name in the tools, on the path, or in Debian's folder for administrators.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    [tools().join("bin")]
        .into_iter()
        .chain(env::split_paths(&path))
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// Returns the value, or reports that the test is skipped.
pub(crate) fn or_skipped<T>(server: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        let reason = format!("{server} is not installed, .ci/servers does that");
        let in_ci = env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!in_ci, "{reason}");
        skip(&reason);
    }
    found
}

/// Reports that the test is skipped.
pub(crate) fn skip(reason: &str) {
    let test = thread::current().name().unwrap_or_default().to_owned();
    // Not `eprintln!`: the test harness would hide it, since the test passes.
    let _ = writeln!(stderr(), "{test} is skipped: {reason}");
}
