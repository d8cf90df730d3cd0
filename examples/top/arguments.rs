//! The arguments of the command line.

use std::{path::PathBuf, time::Duration};

const HELP: &str = "\
A live view of the calls to a server that misbehaves.

Usage:
  cargo run --example top                       until q, Esc or Ctrl-C is pressed
  cargo run --example top -- --seconds 30       for this long
  cargo run --example top -- --report out.html  also writes a report of the run

Without a terminal it prints a table each second, for 10 s unless `--seconds` is set.
NO_COLOR=1 turns colours off.";

/// The arguments of the example.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `--seconds N`: the length of the run.
    pub time: Option<Duration>,
    /// `--report FILE`: where to write a report of the run.
    pub report: Option<PathBuf>,
}

impl Arguments {
    /// Parses the arguments after the name of the program.
    ///
    /// # Errors
    /// The message for an argument that is unknown or incomplete, with the help; only the help, if
    /// that is asked for.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--seconds" => {
                    let seconds = arguments.next().and_then(|seconds| seconds.parse().ok());
                    let seconds =
                        seconds
                            .filter(|seconds: &u64| *seconds > 0)
                            .ok_or_else(|| {
                                "--seconds needs a number of seconds, such as `--seconds 30`"
                                    .to_owned()
                            })?;
                    parsed.time = Some(Duration::from_secs(seconds));
                }
                "--report" => {
                    let file = arguments.next().ok_or_else(|| {
                        "--report needs a file, such as `--report out.html`".to_owned()
                    })?;
                    parsed.report = Some(file.into());
                }
                "--help" | "-h" => return Err(HELP.to_owned()),
                unknown => return Err(format!("unknown argument `{unknown}`\n\n{HELP}")),
            }
        }
        Ok(parsed)
    }
}
