//! The journal of a run: a second run skips what is done, and no result is lost silently.

mod disk;
mod refused;
mod resume;

use resilient_runtime::bulk::{Collected, JournalProblem, Stop};
use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
};

/// A path of its own, whose file is removed at the end.
struct TempFile(PathBuf);

impl TempFile {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("resilient-journal-{}-{count}.jsonl", process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn with(text: impl AsRef<[u8]>) -> Self {
        let file = Self::new();
        fs::write(&file.0, text).unwrap();
        file
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap()
    }

    /// Without the first one.
    fn lines(&self) -> Vec<String> {
        self.text().lines().skip(1).map(str::to_owned).collect()
    }
}

impl AsRef<Path> for TempFile {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The problem with the journal that a run has stopped for.
fn problem(stopped: Option<&Stop>) -> Option<JournalProblem> {
    match stopped {
        Some(Stop::Journal(error)) => Some(error.problem()),
        _ => None,
    }
}

/// The indices of the results.
fn indices<R, E, I: Iterator>(done: &Collected<R, E, I>) -> Vec<usize> {
    done.results.iter().map(|(index, _)| *index).collect()
}
