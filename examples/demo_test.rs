//! The demo, run as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::process::{Command, Output};
use std::sync::LazyLock;

use resilient_examples::{Answer, Server};

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resilient-demo"));
    command.args(arguments);
    for variable in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"] {
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

/// Played once, since it takes its seconds.
static PLAYED: LazyLock<Output> = LazyLock::new(|| demo(&[]).output().unwrap());

#[test]
fn all_scenarios_are_played_in_plain_text_when_piped() {
    assert!(PLAYED.status.success());
    assert_eq!(text(&PLAYED.stderr), "");
    assert!(!text(&PLAYED.stdout).contains('\x1b'));
}

#[test]
fn every_scenario_ends_as_its_policy_says() {
    let (_, table) = text(&PLAYED.stdout).split_once("\nscenario ").unwrap();
    for (name, attempts, outcome) in [
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
        ("an order, 429", "2", "ok"),
        ("an order, reset", "1", "network"),
    ] {
        let row = table
            .lines()
            .find(|line| line.starts_with(&format!("{name}  ")))
            .unwrap();
        let cells: Vec<_> = row
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .collect();
        let [_, attempts_shown, _, outcome_shown, ..] = cells.as_slice() else {
            panic!("a short row: {row}");
        };
        assert_eq!(
            (*attempts_shown, *outcome_shown),
            (attempts, outcome),
            "{row}"
        );
        // Advice is for failures only.
        assert_eq!(cells.len() == 5, outcome != "ok", "{row}");
    }
}

/// A text with durations and the server's port left out, which differ from run to run.
fn timeless(text: &str) -> String {
    let word = |word: &str| {
        let duration = word.trim_end_matches([':', ';']);
        let number = duration.trim_end_matches('s').trim_end_matches(['m', 'µ']);
        if duration.ends_with('s') && number.parse::<f64>().is_ok() {
            return word.replace(duration, "…");
        }
        match word.split_once("127.0.0.1:") {
            Some((before, after)) => {
                before.to_owned() + after.trim_start_matches(|c: char| c.is_ascii_digit())
            }
            None => word.to_owned(),
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_report_in_the_readme_is_the_demos() {
    let readme = include_str!("../README.md");
    let start = "the report of: 503 for good\n";
    let (_, printed) = text(&PLAYED.stdout).split_once(start).unwrap();
    let (_, shown) = readme.split_once(start).unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    assert_eq!(timeless(printed), timeless(shown));
    // All that differs is the time.
    for line in [
        "attempt 4 at …: overloaded (503)",
        "; waited … (schedule)",
        "advice: ",
    ] {
        assert!(timeless(shown).contains(line), "{line}");
    }
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
    let server = Server::start().await.unwrap();
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
    let server = Server::start().await.unwrap();
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
