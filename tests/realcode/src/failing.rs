//! The functions of a crate that do not compile with the attribute: those of today against those
//! that `failing` has on record.

use crate::package::Result;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

/// How many functions of one name in one file do not compile, by `file name`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Failing {
    pub functions: usize,
    pub counts: BTreeMap<String, usize>,
}

impl Failing {
    /// The record of the crate; empty if it has none yet.
    pub fn recorded(name: &str) -> Self {
        fs::read_to_string(path(name))
            .map(|text| Self::parse(&text))
            .unwrap_or_default()
    }

    pub fn record(&self, name: &str) -> Result<()> {
        Ok(fs::write(path(name), self.text())?)
    }

    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines().filter_map(|line| {
            let (count, what) = line.split_once(' ')?;
            Some((what.to_owned(), count.parse().ok()?))
        });
        Self {
            functions: lines.next().map_or(0, |(_, count)| count),
            counts: lines.collect(),
        }
    }

    pub fn text(&self) -> String {
        let failing: usize = self.counts.values().sum();
        let mut text = format!("{} functions, {failing} do not compile\n", self.functions);
        for (what, count) in &self.counts {
            let _ = writeln!(text, "{count} {what}");
        }
        text
    }

    /// The functions that are worse than on record.
    pub fn worse_than(&self, recorded: &Self) -> Vec<String> {
        let mut worse = Vec::new();
        if self.functions != recorded.functions {
            let (now, before) = (self.functions, recorded.functions);
            worse.push(format!("{now} functions are tried, {before} were before"));
        }
        for (what, count) in &self.counts {
            let before = recorded.counts.get(what).copied().unwrap_or_default();
            if *count > before {
                worse.push(format!("{what}: {count} do not compile, {before} before"));
            }
        }
        worse
    }
}

fn path(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("failing");
    folder.join(name).with_extension("txt")
}
