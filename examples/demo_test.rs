//! Runs the demo and reads its output.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod demo_text;

use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use demo_text::{squeezed, timeless};
use resilient_examples::{Answer, Server};

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resilient-demo"));
    command.args(arguments);
    for variable in [
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "OPENAI_MODEL",
        "COLUMNS",
    ] {
        command.env_remove(variable);
    }
    command
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = demo(arguments).output().unwrap();
    assert_eq!(status.code(), Some(2));
    assert_eq!(text(&stdout), "");
    text(&stderr).to_owned()
}

/// Run once, since it takes several seconds.
static PLAYED: LazyLock<Output> = LazyLock::new(|| demo(&[]).output().unwrap());

#[test]
fn all_scenarios_are_played_in_plain_text_when_piped() {
    assert!(PLAYED.status.success());
    assert_eq!(text(&PLAYED.stderr), "");
    assert!(!text(&PLAYED.stdout).contains('\x1b'));
}

/// The cells of a scenario's row in the table.
fn row(name: &str) -> Vec<&'static str> {
    let (_, table) = text(&PLAYED.stdout).split_once("\nscenario ").unwrap();
    let is_row = |line: &&str| line.starts_with(&format!("{name}  "));
    let row = table.lines().find(is_row).unwrap();
    let cells = row.split("  ").map(str::trim);
    cells.filter(|cell| !cell.is_empty()).collect()
}

/// The scenarios that always end the same way: name, attempts, outcome.
const SCENARIOS: [(&str, &str, &str); 19] = [
    ("all is well", "1", "ok"),
    ("500, then 502 in HTML", "3", "ok"),
    ("503, then 504", "3", "ok"),
    ("429, Retry-After: 1", "2", "ok"),
    ("429, retry-after-ms: 200", "2", "ok"),
    ("429 without a hint", "2", "ok"),
    ("429, quota used up", "1", "quota_exhausted"),
    ("503, Retry-After: 3600", "1", "overloaded"),
    ("400", "1", "invalid_request"),
    ("401", "1", "authentication"),
    ("403", "1", "permission"),
    ("a hang", "2", "ok"),
    ("a reset, then half a body", "3", "ok"),
    ("nobody listens", "4", "connect"),
    ("503 for good", "4", "overloaded"),
    ("a hang for good", "4", "timeout"),
    ("an order, 429", "2", "ok"),
    ("an order, reset", "1", "network"),
    ("a stream: error, stall, cut", "3", "ok"),
];

#[test]
fn every_scenario_ends_as_its_policy_says() {
    for (name, attempts, outcome) in SCENARIOS {
        let cells = row(name);
        let [_, attempts_shown, _, outcome_shown, ..] = cells.as_slice() else {
            panic!("a short row: {cells:?}");
        };
        assert_eq!(
            (*attempts_shown, *outcome_shown),
            (attempts, outcome),
            "{cells:?}"
        );
        // Advice is for failures only.
        assert_eq!(cells.len() == 5, outcome != "ok", "{cells:?}");
    }
}

/// The lines between the name of a scenario and the next one, or the table.
fn played(name: &str) -> impl Iterator<Item = &'static str> {
    let (_, after) = text(&PLAYED.stdout)
        .split_once(&format!("{name}\n"))
        .unwrap();
    after.lines().take_while(|line| line.starts_with("  "))
}

/// The lines of a scenario that begin an attempt.
fn attempts(name: &str) -> impl Iterator<Item = &'static str> {
    played(name).filter(|line| line.starts_with("  attempt "))
}

#[test]
fn each_attempt_of_a_hang_is_cut() {
    let attempts: Vec<_> = attempts("a hang for good").collect();
    assert_eq!(attempts.len(), 4, "{attempts:?}");
    assert!(attempts.iter().all(|line| line.contains(" timeout ")));
}

/// A slow machine may have no time for the third attempt.
#[test]
fn attempts_go_on_until_the_deadline() {
    let attempts: Vec<_> = attempts("the same, with a deadline").collect();
    assert!((2..=3).contains(&attempts.len()), "{attempts:?}");
    assert!(attempts.last().unwrap().contains("deadline"));
}

#[test]
fn all_calls_of_a_fan_out_succeed_and_some_wait_for_the_budget() {
    let lines: Vec<_> = played("30 calls, 503 for 600ms").collect();
    assert!(lines.contains(&"  30 of 30 calls succeeded"), "{lines:?}");
    let number = |text: &str| text.trim().parse::<u32>().unwrap();
    let waited = lines.iter().find_map(|line| {
        let (deferred, released) = line.split_once(" retries waited, released by ")?;
        let released = released
            .split(", ")
            .map(|kind| kind.split_once(": ").unwrap().1);
        Some((number(deferred), released.map(number).sum::<u32>()))
    });
    let (deferred, released) = waited.unwrap();
    assert!(deferred >= 1);
    assert_eq!(deferred, released);
    let [_, _, _, outcome] = row("30 calls, 503 for 600ms")[..] else {
        panic!("advice for a success");
    };
    assert_eq!(outcome, "ok");
}

#[test]
fn a_stream_is_seen_once_though_two_attempts_fail_and_the_third_breaks_off() {
    let lines = squeezed(played("a stream: error, stall, cut"));
    assert!(lines.contains("200overloadedagain"), "{lines}");
    assert!(lines.contains("thestreamgavenocontent"), "{lines}");
    assert!(lines.contains("200networkgoesonbehinditem3"), "{lines}");
    assert!(lines.ends_with("words:[The][sky][is][blue.]"), "{lines}");
}

#[test]
fn the_report_in_the_readme_is_the_demos() {
    let readme = include_str!("../README.md");
    let start = "the report of: 503 for good\n";
    let (_, printed) = text(&PLAYED.stdout).split_once(start).unwrap();
    let (_, shown) = readme.split_once(start).unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    assert_eq!(squeezed(printed.lines()), squeezed(shown.lines()));
    // Only the times differ.
    for line in [
        "attempt 4 at …: overloaded (503)",
        "; waited … (schedule)",
        "advice: ",
    ] {
        assert!(timeless(shown).contains(line), "{line}");
    }
}

/// The parts of an output that are the same in every run: scenarios, rows of the table, and the
/// report.
fn lasting_parts(stdout: &str) -> Vec<String> {
    let (scenarios, rest) = stdout.split_once("\nscenario ").unwrap();
    let (table, report) = rest.split_once("the report of").unwrap();
    let mut parts = vec![squeezed(report.lines())];
    for (name, _, _) in SCENARIOS {
        let (_, after) = scenarios.split_once(&format!("{name}\n")).unwrap();
        parts.push(squeezed(
            after.lines().take_while(|line| line.starts_with("  ")),
        ));
        let rows = table
            .lines()
            .skip_while(|line| !line.starts_with(&format!("{name}  ")));
        let more = |line: &&str| line.starts_with("  ");
        let (first, rest) = (rows.clone().take(1), rows.skip(1).take_while(more));
        parts.push(squeezed(first.chain(rest)));
    }
    parts
}

#[test]
fn lines_fit_the_width_of_the_terminal_and_nothing_is_lost() {
    let expected = lasting_parts(text(&PLAYED.stdout));
    let widths = [("60", 60), ("100", 100), ("200", 200)];
    let children = widths.map(|(columns, _)| {
        let mut command = demo(&[]);
        command.env("COLUMNS", columns).stdout(Stdio::piped());
        command.spawn().unwrap()
    });
    for (child, (columns, width)) in children.into_iter().zip(widths) {
        let output = child.wait_with_output().unwrap();
        let stdout = text(&output.stdout);
        let longest = stdout.lines().map(|line| line.chars().count()).max();
        // The command that repeats the request takes more than one line.
        assert!(longest <= Some(width), "{columns}: {longest:?}");
        assert!(longest > Some(width - 20), "{columns}: {longest:?}");
        assert_eq!(lasting_parts(stdout), expected, "{columns}");
    }
    let default = text(&PLAYED.stdout).lines();
    assert!(default.map(|line| line.chars().count()).max() <= Some(100));
}

#[test]
fn no_part_of_the_key_is_shown() {
    let stdout = text(&PLAYED.stdout);
    assert!(stdout.contains("Incorrect API key provided"));
    assert!(!stdout.contains("sk-demo"));
}

#[test]
fn an_unknown_argument_is_named_and_exits_with_2() {
    assert!(refused(&["--verbose"]).starts_with("unknown argument `--verbose`"));
}

#[test]
fn chat_without_a_key_says_what_to_set_and_exits_with_2() {
    assert!(refused(&["chat", "Hello"]).starts_with("OPENAI_API_KEY is not set"));
}

#[test]
fn chat_without_a_prompt_exits_with_2() {
    assert!(refused(&["chat"]).starts_with("chat needs a prompt"));
}

#[test]
fn help_names_every_command_and_variable() {
    let output = demo(&["--help"]).output().unwrap();
    assert!(output.status.success());
    for word in [
        "chat PROMPT",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "OPENAI_MODEL",
        "NO_COLOR",
    ] {
        assert!(text(&output.stdout).contains(word), "{word}");
    }
}

#[tokio::test]
async fn chat_asks_the_api_of_the_environment_and_prints_the_bare_reply() {
    let server = Server::start().await;
    let busy = Answer::status(429).header("retry-after-ms", "1");
    let base = server.script("api", [busy, Answer::ok("Good morning.")]);

    let mut command = demo(&["chat", "Say", "good morning."]);
    command
        .env("OPENAI_API_KEY", "sk-secret")
        .env("OPENAI_BASE_URL", format!("{base}/v1/"));
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), "Good morning.\n");
    assert!(text(&output.stderr).contains("429 rate_limited"));
    assert_eq!(server.requests("api"), 2);
}

#[tokio::test]
async fn chat_that_fails_gives_advice_and_exits_with_1() {
    let server = Server::start().await;
    let base = server.script("api", [Answer::quota()]);

    let mut command = demo(&["chat", "Hello"]);
    command
        .env("OPENAI_API_KEY", "sk-secret")
        .env("OPENAI_BASE_URL", base);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    assert!(text(&output.stderr).contains("billing"));
    assert_eq!(server.requests("api"), 1);
}
