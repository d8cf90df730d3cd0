//! One crate without and with the attribute.

use crate::{
    diagnostics::Diagnostic,
    failing::Failing,
    package::{Id, Package, Result},
    subjects::Subject,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// More than any crate needs: each round takes the attribute off at least one function.
const ROUNDS: usize = 20;

/// What to do with the record in `failing`.
#[derive(Default, PartialEq, Eq)]
pub enum Record {
    #[default]
    Leave,
    Check,
    Bless,
}

#[derive(Default)]
pub struct Options {
    pub record: Record,
    pub tests: bool,
    pub cost: bool,
    /// With the feature `testing`.
    pub kit: bool,
}

/// The bytes of machine code that the attribute may add to a function.
const TEXT_LIMIT: u64 = 5 * 1024;

/// The result of a crate.
pub struct Trial {
    pub subject: &'static Subject,
    /// The async functions with a `Result` that the compiler sees.
    pub functions: usize,
    /// Those with another result, which take no attribute.
    pub other_results: usize,
    /// Those that compile with the attribute and nothing else.
    pub at_once: usize,
    pub failing: Failing,
    /// The number, the kind and an example of each reason.
    pub reasons: Vec<(usize, String, String)>,
    pub warnings_before: usize,
    pub new_warnings: Vec<String>,
    /// The tests of the crate that pass without the attribute, and those of them that no longer do.
    pub tests: Option<(usize, Vec<String>)>,
    pub cost: Option<Cost>,
}

/// Without and with the attribute.
pub struct Cost {
    pub check: (Duration, Duration),
    pub text: (u64, u64),
    /// The functions that the machine code is of.
    pub roots: usize,
}

impl Trial {
    /// The bytes of machine code that the attribute adds to a function.
    pub fn text_each(&self) -> Option<u64> {
        let cost = self.cost.as_ref()?;
        let (before, after) = cost.text;
        let roots = u64::try_from(cost.roots).unwrap_or(u64::MAX);
        Some(after.saturating_sub(before) / roots.max(1))
    }

    /// The reasons for which `--check` fails.
    pub fn faults(&self, options: &Options) -> Vec<String> {
        let name = self.subject.name;
        let mut faults = Vec::new();
        if options.record == Record::Check {
            let worse = self.failing.worse_than(&Failing::recorded(name));
            faults.extend(worse.iter().map(|what| format!("{name}: {what}")));
            let warnings = self.new_warnings.iter();
            faults.extend(warnings.map(|warning| format!("{name}: new warning: {warning}")));
        }
        if let Some((_, failed)) = &self.tests {
            let failed = failed.iter();
            faults.extend(failed.map(|test| format!("{name}: the test {test} no longer passes")));
        }
        let text = self.text_each().filter(|each| *each > TEXT_LIMIT);
        if let Some(each) = text
            && options.record == Record::Check
        {
            faults.push(format!(
                "{name}: {each} bytes of machine code a function, the limit is {TEXT_LIMIT}"
            ));
        }
        faults
    }
}

/// Fetches and tries a crate.
pub fn run(subject: &'static Subject, options: &Options) -> Result<Trial> {
    let package = Package::fetch(subject, options.kit)?;
    let before = package.check(&[])?;
    if !before.passed {
        let errors = before
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error);
        let error = errors
            .map(|error| error.message.as_str())
            .next()
            .unwrap_or_default();
        return Err(format!("does not compile without the attribute: {error}").into());
    }
    let mut tests = None;
    if options.tests && subject.tests.is_some() {
        tests = Some(package.tests()?);
    }
    let compiled = package.compiled()?;
    let returns_result = |id: &Id| {
        package
            .function(*id)
            .is_some_and(|(_, function)| function.returns_result)
    };
    let functions: BTreeSet<Id> = compiled.iter().copied().filter(returns_result).collect();
    let (annotated, removed, after) = settle(&package, &functions)?;
    let mut failing = Failing {
        functions: functions.len(),
        ..Failing::default()
    };
    for (file, function) in removed.keys().filter_map(|id| package.function(*id)) {
        let what = format!("{file} {}", function.name);
        *failing.counts.entry(what).or_default() += 1;
    }
    if options.record == Record::Bless {
        failing.record(subject.name)?;
    }
    package.report(removed.values())?;
    let known: BTreeSet<_> = before.diagnostics.iter().map(key).collect();
    let new = after
        .iter()
        .filter(|diagnostic| !known.contains(&key(diagnostic)));
    let new_warnings = new.map(describe).collect();
    let tests = match tests {
        None => None,
        Some(passed) => {
            let after = package.tests()?;
            let lost = passed.difference(&after).cloned().collect();
            Some((passed.len(), lost))
        }
    };
    let cost = if options.cost {
        Some(cost(&package, &annotated)?)
    } else {
        None
    };
    Ok(Trial {
        subject,
        functions: functions.len(),
        other_results: compiled.len().saturating_sub(functions.len()),
        at_once: annotated.len(),
        failing,
        reasons: reasons(&package, &removed),
        warnings_before: before.diagnostics.len(),
        new_warnings,
        tests,
        cost,
    })
}

type Settled = (BTreeSet<Id>, BTreeMap<Id, Diagnostic>, Vec<Diagnostic>);

/// Takes the attribute off the functions that do not compile with it, until the crate compiles.
fn settle(package: &Package<'_>, functions: &BTreeSet<Id>) -> Result<Settled> {
    let mut annotated = functions.clone();
    let mut removed = BTreeMap::new();
    for _ in 0..ROUNDS {
        package.annotate(&annotated)?;
        let check = package.check(&[])?;
        if check.passed {
            return Ok((annotated, removed, check.diagnostics));
        }
        let errors = check
            .diagnostics
            .into_iter()
            .filter(|diagnostic| diagnostic.is_error);
        let mut elsewhere = Vec::new();
        let mut blamed = BTreeMap::new();
        for error in errors {
            match package.blame(&error, &annotated) {
                Some(id) => {
                    blamed.entry(id).or_insert(error);
                }
                None => elsewhere.push(describe(&error)),
            }
        }
        if blamed.is_empty() {
            return Err(format!("errors in no function:\n{}", elsewhere.join("\n")).into());
        }
        annotated.retain(|id| !blamed.contains_key(id));
        removed.extend(blamed);
    }
    Err("still does not compile".into())
}

fn cost(package: &Package<'_>, annotated: &BTreeSet<Id>) -> Result<Cost> {
    // Generic functions that these call would be compiled with the attribute for each of them.
    let has_root = |id: &&Id| {
        package
            .function(**id)
            .is_some_and(|(_, function)| function.root.is_some())
    };
    let rooted: BTreeSet<Id> = annotated.iter().filter(has_root).copied().collect();
    let none = BTreeSet::new();
    let check = |on| -> Result<Duration> {
        package.annotate(on)?;
        let mut fastest = Duration::MAX;
        for _ in 0..3 {
            package.touch()?;
            fastest = fastest.min(package.check(&[])?.time);
        }
        Ok(fastest)
    };
    let check = (check(&none)?, check(annotated)?);
    let machine_code = |on| {
        package.annotate_rooted(on, &rooted)?;
        package.machine_code()
    };
    let (before, roots) = machine_code(&none)?;
    let (after, _) = machine_code(&rooted)?;
    if roots == 0 {
        return Err("no function whose machine code can be measured".into());
    }
    Ok(Cost {
        check,
        text: (before, after),
        roots,
    })
}

fn key(diagnostic: &Diagnostic) -> (String, Option<(String, usize)>) {
    (diagnostic.kind(), diagnostic.places.first().cloned())
}

fn describe(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.places.first();
    let place = place
        .map(|(file, line)| format!("{file}:{line}"))
        .unwrap_or_default();
    format!("{place}: {}: {}", diagnostic.code, diagnostic.message)
}

/// The kinds of errors, the most frequent first.
fn reasons(
    package: &Package<'_>,
    removed: &BTreeMap<Id, Diagnostic>,
) -> Vec<(usize, String, String)> {
    let mut kinds: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (id, diagnostic) in removed {
        let example = package.function(*id).map(|(file, function)| {
            format!(
                "{} in {file}:{}: {}",
                function.name, function.lines.0, diagnostic.message
            )
        });
        let entry = kinds.entry(diagnostic.kind());
        entry.or_insert((0, example.unwrap_or_default())).0 += 1;
    }
    let mut reasons: Vec<_> = kinds
        .into_iter()
        .map(|(kind, (count, example))| (count, kind, example))
        .collect();
    reasons.sort_by(|a, b| b.cmp(a));
    reasons
}
