//! The arguments of the command line.

use std::{path::PathBuf, time::Duration};

/// The help.
pub const HELP: &str = "\
A live view of the calls to a server that misbehaves.

Usage:
  cargo run --example top                       until q, Esc or Ctrl-C is pressed
  cargo run --example top -- --seconds 30       for so many seconds
  cargo run --example top -- --report out.html  also writes a report of the run
  cargo run --example top -- --help             print this

Without a terminal it prints tables each second, for 10 s unless `--seconds` is set, as wide as COLUMNS says.
NO_COLOR=1 turns colours off.";

/// The arguments of the example.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `--help`: only print the help.
    pub is_help: bool,
    /// `--seconds N`: the length of the run.
    pub time: Option<Duration>,
    /// `--report FILE`: where to write a report of the run.
    pub report: Option<PathBuf>,
}

impl Arguments {
    /// Parses the arguments after the name of the program.
    ///
    /// # Errors
    /// The message for an argument that is unknown or incomplete.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--seconds" => {
                    let seconds = arguments.next().and_then(|seconds| seconds.parse().ok());
                    let seconds = seconds.filter(|seconds: &u32| *seconds > 0);
                    let seconds =
                        seconds.ok_or("--seconds needs a number, as in `--seconds 30`")?;
                    parsed.time = Some(Duration::from_secs(seconds.into()));
                }
                "--report" => {
                    let file = arguments.next();
                    let file = file.ok_or("--report needs a file, as in `--report out.html`")?;
                    parsed.report = Some(file.into());
                }
                "--help" | "-h" | "help" => parsed.is_help = true,
                unknown => return Err(format!("unknown argument `{unknown}`\n\n{HELP}")),
            }
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use std::time::Duration;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_come_in_any_order() {
        let expected = Arguments {
            time: Some(Duration::from_secs(3)),
            report: Some("out.html".into()),
            ..Arguments::default()
        };
        assert_eq!(parse("--seconds 3 --report out.html"), Ok(expected));
        assert_eq!(parse(""), Ok(Arguments::default()));
        assert_eq!(parse("--help").map(|it| it.is_help), Ok(true));
    }

    #[test]
    fn a_wrong_argument_gives_a_message_with_its_remedy() {
        for line in ["--seconds", "--seconds 0", "--seconds soon"] {
            let message = parse(line).map_err(|it| it.contains("`--seconds 30`"));
            assert_eq!(message, Err(true), "{line}");
        }
        let message = parse("--report").map_err(|it| it.contains("`--report out.html`"));
        assert_eq!(message, Err(true));
        let message = parse("--fast").map_err(|it| it.contains("`--fast`\n\nA live view"));
        assert_eq!(message, Err(true));
    }
}
