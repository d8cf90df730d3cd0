//! The result as text.

use crate::trial::Trial;

/// The reasons why functions of a crate do not compile, and what else is new.
pub fn details(trial: &Trial) -> String {
    let mut lines = Vec::new();
    for (count, kind, example) in &trial.reasons {
        lines.push(format!("  {count:>4}  {kind}\n        {example}"));
    }
    lines.extend(
        trial
            .new_warnings
            .iter()
            .map(|warning| format!("  new warning: {warning}")),
    );
    if let Some((_, failed)) = &trial.tests {
        lines.extend(
            failed
                .iter()
                .map(|test| format!("  no longer passes: {test}")),
        );
    }
    lines.join("\n")
}

/// One row for each crate, and one for all.
pub fn table(trials: &[Trial]) -> String {
    let head = "| crate | version | functions | at once | share | other result | warnings | new \
                | tests | check, ms each | text, bytes each |\n|---|---|---|---|---|---|---|---|---|---|---|";
    let mut lines = vec![head.to_owned()];
    let (mut functions, mut at_once) = (0, 0);
    for trial in trials {
        functions += trial.functions;
        at_once += trial.at_once;
        let tests = trial
            .tests
            .as_ref()
            .map(|(passed, failed)| format!("{} of {passed}", passed.saturating_sub(failed.len())));
        let cost = trial.cost.as_ref().map(|cost| {
            let ms = (cost.check.1.as_secs_f64() - cost.check.0.as_secs_f64()) * 1_000.0;
            format!("{:.1}", ms / to_f64(trial.at_once).max(1.0))
        });
        let bytes = trial.text_each().map(|bytes| bytes.to_string());
        let (ms, bytes) = (cost.unwrap_or_default(), bytes.unwrap_or_default());
        lines.push(format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {ms} | {bytes} |",
            trial.subject.name,
            trial.subject.version,
            trial.functions,
            trial.at_once,
            share(trial.at_once, trial.functions),
            trial.other_results,
            trial.warnings_before,
            trial.new_warnings.len(),
            tests.unwrap_or_default(),
        ));
    }
    let share = share(at_once, functions);
    lines.push(format!(
        "| all | | {functions} | {at_once} | {share} | | | | | | |"
    ));
    lines.join("\n")
}

/// In percent, with one digit behind the point.
pub fn share(part: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * to_f64(part) / to_f64(of).max(1.0))
}

fn to_f64(number: usize) -> f64 {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}
