//! The reasons why a journal cannot be used.

use std::{
    error::Error,
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A journal cannot be opened, read or written. The run stops with
/// [`Stop::Journal`](super::super::Stop::Journal).
///
/// Its `Display` is a sentence with the path and what would help, without items and results.
#[derive(Clone, Debug)]
pub struct JournalError {
    path: Arc<Path>,
    problem: JournalProblem,
    source: Option<Arc<io::Error>>,
}

/// The problem with a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalProblem {
    /// Another run has it open, in this process or in another one.
    InUse,
    /// The file is no journal, or one of another version. It is left as it is.
    NotAJournal,
    /// It was written by a run with other settings.
    #[non_exhaustive]
    OtherSettings {
        /// The method of [`Bulk`](super::super::Bulk) that is different.
        setting: &'static str,
    },
    /// A line that is not the last one is damaged.
    #[non_exhaustive]
    DamagedLine {
        /// Its number, from one.
        line: u64,
    },
    /// A stored result does not fit the type of the results.
    #[non_exhaustive]
    UnfitResult {
        /// The number of its line, from one.
        line: u64,
    },
    /// A result cannot be written as JSON.
    #[non_exhaustive]
    NoJson {
        /// The index of its item.
        index: usize,
    },
    /// It was removed, replaced or shortened during the run.
    Replaced,
    /// The system has refused to open, read or write it: [`JournalError::source`].
    #[non_exhaustive]
    Io {
        /// The kind of the error.
        kind: io::ErrorKind,
    },
}

impl JournalError {
    pub(super) fn new(path: &Arc<Path>, problem: JournalProblem) -> Self {
        Self {
            path: Arc::clone(path),
            problem,
            source: None,
        }
    }

    pub(super) fn io(path: &Arc<Path>, error: io::Error) -> Self {
        let problem = JournalProblem::Io { kind: error.kind() };
        Self {
            source: Some(Arc::new(error)),
            ..Self::new(path, problem)
        }
    }

    /// The path of the journal.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The problem.
    pub const fn problem(&self) -> JournalProblem {
        self.problem
    }
}

/// By path and problem.
impl PartialEq for JournalError {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, self.problem) == (&other.path, other.problem)
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "journal {}: ", PathBuf::from(&*self.path).display())?;
        match self.problem {
            JournalProblem::InUse => f.write_str(
                "another run has it open; wait until that one ends, or choose another path",
            ),
            JournalProblem::NotAJournal => f.write_str(
                "the file is no journal of this version, and is left as it is; choose another path",
            ),
            JournalProblem::OtherSettings { setting } => write!(
                f,
                "it was written with another `{setting}`; use the same one, or choose another path"
            ),
            JournalProblem::DamagedLine { line } => write!(
                f,
                "line {line} is damaged; if it is removed, its item is done again"
            ),
            JournalProblem::UnfitResult { line } => write!(
                f,
                "the result in line {line} does not fit the type of the results; if the line is \
                 removed, its item is done again"
            ),
            JournalProblem::NoJson { index } => write!(
                f,
                "the result of item {index} cannot be written as JSON; store results of another \
                 type, or none"
            ),
            JournalProblem::Replaced => f.write_str(
                "it was removed, replaced or shortened during the run; items of this run may be \
                 missing in it",
            ),
            JournalProblem::Io { kind } => match &self.source {
                Some(error) => write!(f, "{error}"),
                None => write!(f, "{kind}"),
            },
        }
    }
}

impl Error for JournalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
