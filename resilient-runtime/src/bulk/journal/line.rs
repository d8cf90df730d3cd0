//! The lines of a journal: one about the run, then one for each item that has ended.
//!
//! ```json
//! {"journal":"resilient bulk","version":1,"items":"key","results":true,"job":null,"hash":"6c…"}
//! {"index":0,"key":"a.txt","ok":"A summary."}
//! {"index":2,"key":"c.txt","failed":"timeout"}
//! ```

use super::{JournalProblem, key};
use crate::Class;
use serde_json::value::RawValue;
use std::{collections::BTreeMap, io::Write as _};

/// The start of the first line.
const MAGIC: &str = r#"{"journal":"resilient bulk","version":1,"#;

/// The settings of a journal, its first line.
pub(super) struct Header {
    /// Whether items are named by their hash.
    pub(super) by_hash: bool,
    /// Whether it has results.
    pub(super) results: bool,
    /// The name of the work.
    pub(super) job: Option<String>,
}

impl Header {
    pub(super) fn line(&self) -> String {
        let (items, job) = (self.items(), self.job());
        let (results, hash) = (self.results, key::probe());
        format!(
            "{MAGIC}\"items\":\"{items}\",\"results\":{results},\"job\":{job},\"hash\":\"{hash:032x}\"}}\n"
        )
    }

    const fn items(&self) -> &'static str {
        if self.by_hash { "hash" } else { "key" }
    }

    /// As JSON.
    fn job(&self) -> String {
        serde_json::Value::from(self.job.clone()).to_string()
    }

    /// Whether a text can be the start of a first line that is half-written.
    pub(super) fn may_begin_with(text: &[u8]) -> bool {
        MAGIC.as_bytes().starts_with(text) || text.starts_with(MAGIC.as_bytes())
    }

    /// Checks the first line of an existing journal.
    pub(super) fn check(&self, line: &[u8]) -> Result<(), JournalProblem> {
        let fields = line.starts_with(MAGIC.as_bytes()).then(|| fields(line));
        let Some(Some(fields)) = fields else {
            return Err(JournalProblem::NotAJournal);
        };
        let is = |name, value: &str| fields.get(name).is_some_and(|it| it.get() == value);
        let text = |value: &str| format!("\"{value}\"");
        let results = self.results.to_string();
        let hash = text(&format!("{:032x}", key::probe()));
        let setting = if !is("items", &text(self.items())) {
            "journal_key"
        } else if !is("results", &results) {
            "journal_results"
        } else if !is("job", &self.job()) {
            "journal_job"
        } else if self.by_hash && !is("hash", &hash) {
            return Err(JournalProblem::NotAJournal);
        } else {
            return Ok(());
        };
        Err(JournalProblem::OtherSettings { setting })
    }
}

/// The line of an item.
#[derive(Debug, PartialEq)]
pub(super) enum Entry<'l> {
    /// It is done. Without results, the result is `true`.
    Done { key: u128, result: &'l str },
    /// It has failed.
    Failed,
}

impl<'l> Entry<'l> {
    pub(super) fn parse(line: &'l [u8], by_hash: bool) -> Option<Self> {
        let fields = fields(line)?;
        if fields.contains_key("failed") {
            return Some(Self::Failed);
        }
        let key: String = serde_json::from_str(fields.get("key")?.get()).ok()?;
        Some(Self::Done {
            key: if by_hash {
                u128::from_str_radix(&key, 16).ok()?
            } else {
                key::hash_of_text(&key)
            },
            result: fields.get("ok")?.get(),
        })
    }
}

fn fields(line: &[u8]) -> Option<BTreeMap<&str, &RawValue>> {
    serde_json::from_slice(line).ok()
}

/// Writes the line of an item up to its outcome.
fn begin(lines: &mut Vec<u8>, index: usize, key: &key::Key) {
    // Writing to memory does not fail.
    let _ = write!(lines, "{{\"index\":{index},\"key\":");
    let _ = match &key.text {
        Some(text) => serde_json::to_writer(&mut *lines, text).map_err(Into::into),
        None => write!(lines, "\"{:032x}\"", key.hash),
    };
}

/// Writes the line of an item that is done. False, without a line, if its result cannot be written.
pub(super) fn done(
    lines: &mut Vec<u8>,
    index: usize,
    key: &key::Key,
    write_result: impl FnOnce(&mut Vec<u8>) -> bool,
) -> bool {
    let before = lines.len();
    begin(lines, index, key);
    lines.extend_from_slice(b",\"ok\":");
    let start = lines.len();
    let is_written = write_result(lines);
    if !is_written {
        lines.truncate(before);
        return false;
    }
    // JSON that a result has as text may have lines of its own.
    for byte in lines.iter_mut().skip(start) {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    lines.extend_from_slice(b"}\n");
    true
}

/// Writes the line of an item that has failed.
pub(super) fn failed(lines: &mut Vec<u8>, index: usize, key: &key::Key, class: Class) {
    begin(lines, index, key);
    let _ = writeln!(lines, ",\"failed\":\"{}\"}}", class.as_str());
}
