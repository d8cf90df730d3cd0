//! The figures, with their bounds.

use std::process::ExitCode;

#[derive(Default)]
pub(crate) struct Report(Vec<String>);

impl Report {
    pub(crate) fn at_most(&mut self, what: &str, value: f64, bound: f64) {
        println!("  {what:60} {value:>9.3}   at most {bound}");
        if value > bound {
            self.0.push(format!("{what}: {value:.3}, at most {bound}"));
        }
    }

    pub(crate) fn at_least(&mut self, what: &str, value: f64, bound: f64) {
        println!("  {what:60} {value:>9.3}   at least {bound}");
        if value < bound {
            self.0.push(format!("{what}: {value:.3}, at least {bound}"));
        }
    }

    /// Names the broken bounds, which are a failure of a check.
    pub(crate) fn end(&self, is_check: bool) -> ExitCode {
        for broken in &self.0 {
            println!("out of bounds: {broken}");
        }
        ExitCode::from(u8::from(is_check && !self.0.is_empty()))
    }
}
