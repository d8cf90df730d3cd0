//! Puts `#[resilient]` on every async function of published crates, and counts how many compile.
//!
//! `cargo run -p resilient-realcode -- [--check] [--bless] [--tests] [--cost] [--kit] [crate ...]`
//! fetches each crate by cargo, adds the attribute and the implementations in `crates`, takes it
//! off each function that does not compile, and prints a table with the reasons;
//! `target/realcode/errors` has them in full.
//!
//! - `--check` fails if a function does not compile that is not on record in `failing`, if a
//!   warning is new, or if the machine code of `--cost` is above its limit; `--bless` writes the
//!   record.
//! - `--tests` runs the tests of the crates that need no network, without and with the attribute.
//! - `--cost` measures the time of `cargo check` and the machine code.
//! - `--kit` builds with the feature `testing`, with which the same functions compile.

#![allow(clippy::print_stdout, reason = "the table is the result")]
#![allow(
    clippy::arithmetic_side_effects,
    reason = "counts and times of one run on this machine"
)]
#![allow(
    unreachable_pub,
    reason = "a binary has no API; `pub` is what a module offers to the others"
)]

mod diagnostics;
mod failing;
mod functions;
mod package;
mod root;
mod runs;
mod source;
mod subjects;
mod table;
#[cfg(test)]
mod tests;
mod trial;

use package::Result;
use subjects::SUBJECTS;
use trial::{Options, Record};

fn main() -> Result<()> {
    let mut options = Options::default();
    let mut names = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--check" => options.record = Record::Check,
            "--bless" => options.record = Record::Bless,
            "--tests" => options.tests = true,
            "--cost" => options.cost = true,
            "--kit" => options.kit = true,
            flag if flag.starts_with('-') => return Err(format!("no option {flag}").into()),
            name => names.push(name.to_owned()),
        }
    }
    if let Some(name) = names
        .iter()
        .find(|name| SUBJECTS.iter().all(|it| it.name != **name))
    {
        let known: Vec<_> = SUBJECTS.iter().map(|subject| subject.name).collect();
        return Err(format!("no crate {name}; there are {}", known.join(", ")).into());
    }
    let mut trials = Vec::new();
    let mut faults = Vec::new();
    for subject in SUBJECTS {
        if !names.is_empty() && !names.iter().any(|name| name == subject.name) {
            continue;
        }
        println!("{} {}", subject.name, subject.version);
        match trial::run(subject, &options) {
            Ok(trial) => {
                println!("{}", table::details(&trial));
                faults.extend(trial.faults(&options));
                trials.push(trial);
            }
            Err(error) => faults.push(format!("{}: {error}", subject.name)),
        }
    }
    println!("{}", table::table(&trials));
    if faults.is_empty() {
        return Ok(());
    }
    Err(faults.join("\n").into())
}
