#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use super::{Palette, draw};
use ratatui::{
    Frame, Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use resilient_runtime::{BreakerState, Class, Outcome, statistics::WaitReason};
use resilient_top::{
    events::{Line, Severity},
    layout,
    state::{Failures, Function, Level, State, Upstream, Wait},
    waits::Waiting,
};
use std::{collections::BTreeMap, time::Duration};

/// Six functions and upstreams, with an incident at `search`.
fn state() -> State {
    let names = ["charge", "chat", "embed", "profile", "read_item", "search"];
    let mut functions: Vec<_> = names.map(function).into();
    functions[5].error_rate = Some(0.75);
    functions[5].outcomes.insert(Outcome::Failed, 33);
    let mut upstreams: Vec<_> = names.map(upstream).into();
    upstreams[1].gate = Some(Duration::from_millis(800));
    upstreams[2].queued = Some(7);
    upstreams[5].breaker = Some(BreakerState::Open);
    State {
        time: Duration::from_secs(67),
        functions,
        upstreams,
        waits: vec![
            wait("search", WaitReason::Backoff, 0),
            wait("chat", WaitReason::Server, 0),
            wait("chat", WaitReason::Budget, 0),
            wait("embed", WaitReason::Requests, 11),
        ],
        failures: vec![Failures {
            class: Class::CircuitOpen,
            count: 58,
            share: 1.0,
        }],
        events: vec![
            line(Severity::Info, "embed", "waits", "for requests"),
            line(
                Severity::Error,
                "index",
                "circuit opened",
                "for 2.0s, by failure_ratio",
            ),
        ],
        dropped: 0,
        is_interactive: true,
    }
}

fn function(name: &str) -> Function {
    Function {
        name: name.to_owned(),
        upstream: Some("upstream".to_owned()),
        rate: 12.3,
        trend: vec![3; 60],
        calls: 1_234,
        outcomes: BTreeMap::from([(Outcome::Ok, 1_200), (Outcome::OkAfterRetry, 34)]),
        hedges: 0,
        error_rate: Some(0.0),
        latency: Some([12, 120, 1_200].map(Duration::from_millis)),
    }
}

fn upstream(name: &str) -> Upstream {
    Upstream {
        name: format!("{name}-api"),
        breaker: Some(BreakerState::Closed),
        requests: Some(Level {
            refill: Some("8/s".to_owned()),
            ..Level::new(-2.0, 8.0)
        }),
        permits: Some(Level::new(3.0, 4.0)),
        queued: Some(0),
        budget: Some(Level::new(12.4, 20.0)),
        ..Upstream::default()
    }
}

fn wait(function: &str, reason: WaitReason, calls: u64) -> Wait {
    Wait {
        function: function.to_owned(),
        reason,
        now: Waiting {
            calls,
            longest: Duration::from_millis(900),
        },
        count: 5,
        mean: Duration::from_millis(250),
    }
}

fn line(severity: Severity, origin: &str, text: &str, detail: &str) -> Line {
    Line {
        time: Duration::from_secs(66),
        severity,
        origin: origin.to_owned(),
        text: text.to_owned(),
        detail: detail.to_owned(),
        count: 3,
    }
}

fn drawn(width: u16, height: u16, palette: Palette) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let draw = |frame: &mut Frame<'_>| draw(frame, &state(), palette);
    terminal.draw(draw).unwrap();
    terminal.backend().buffer().clone()
}

/// The lines of a screen of this size.
fn lines(width: u16, height: u16) -> Vec<String> {
    let buffer = drawn(width, height, Palette::new(true));
    let symbols: Vec<&str> = buffer.content().iter().map(Cell::symbol).collect();
    let line = |symbols: &[&str]| symbols.concat().trim_end().to_owned();
    symbols.chunks(width.into()).map(line).collect()
}

#[track_caller]
fn assert_has(lines: &[String], words: &[&str]) {
    let has = |line: &&String| words.iter().all(|word| line.contains(word));
    let text = lines.join("\n");
    assert!(lines.iter().any(|line| has(&line)), "{words:?} in\n{text}");
}

#[test]
fn a_large_screen_has_all_tables() {
    let lines = lines(120, 40);
    assert_has(
        &lines,
        &[
            "resilient top",
            "1:07",
            "7404 calls",
            "11 waiting",
            "q quits",
        ],
    );
    assert_has(
        &lines,
        &["search", "12.3", "1200", "34", "75.0%!", "12ms", "1.2s"],
    );
    assert_has(
        &lines,
        &["search-api", "OPEN", "-2/8 8/s", "███░  3/4", "12/20"],
    );
    assert_has(&lines, &["chat-api", "closed", "800ms"]);
    assert_has(&lines, &["embed-api", "closed", "7"]);
    assert_has(&lines, &["embed", "requests", "11", "900ms", "250ms"]);
    assert_has(&lines, &["circuit_open", "58", "100.0%"]);
    assert_has(
        &lines,
        &["1:06", "info", "embed", "waits", "×3", "for requests"],
    );
    assert_has(
        &lines,
        &["error", "circuit opened", "for 2.0s, by failure_ratio"],
    );
}

#[test]
fn a_usual_screen_has_every_row_and_what_waits() {
    let lines = lines(80, 24);
    for name in ["charge", "chat", "embed", "profile", "read_item", "search"] {
        assert_has(&lines, &[name, "12.3", "1200"]);
    }
    assert_has(&lines, &["search-api", "OPEN", "-2/8 8/s", "3/4", "12/20"]);
    assert_has(&lines, &["embed", "requests", "11", "900ms"]);
    assert_has(&lines, &["search", "backoff", "circuit_open", "58"]);
    // Few lines are for events that matter.
    assert_has(
        &lines,
        &["1:06", "error", "index", "circuit opened", "for 2.0s"],
    );
    assert!(!lines.iter().any(|line| line.contains("for requests")));
}

#[test]
fn a_small_screen_has_functions_and_the_upstreams_in_trouble() {
    let lines = lines(40, 12);
    assert_has(&lines, &["1:07", "7404 calls", "11 waiting"]);
    assert_has(&lines, &["search", "12.3", "33", "75.0%!"]);
    assert_has(&lines, &["search-api", "OPEN", "12/20"]);
    assert_has(&lines, &["chat-api", "closed", "12/20"]);
    assert_eq!(lines[11], "… 4 more");
}

#[test]
fn every_size_is_drawn_within_its_borders() {
    for (width, height) in [
        (0, 0),
        (1, 1),
        (7, 3),
        (71, 50),
        (72, 9),
        (300, 2),
        (300, 90),
    ] {
        // Panics beyond the borders.
        drawn(width, height, Palette::new(true));
        let lines = layout::screen(&State::default(), width.into(), height.into());
        assert!(lines.len() <= height.into(), "{width}x{height}");
    }
}

#[test]
fn no_state_is_shown_by_a_colour_alone() {
    let (coloured, plain) = (Palette::new(true), Palette::new(false));
    let (coloured, plain) = (drawn(120, 40, coloured), drawn(120, 40, plain));
    let text = |buffer: &Buffer| -> String {
        let cells = buffer.content().iter();
        cells.map(Cell::symbol).collect()
    };
    assert_eq!(text(&coloured), text(&plain));
    assert!(coloured.content().iter().any(|cell| cell.fg == Color::Red));
    let is_plain = |cell: &Cell| cell.fg == Color::Reset && cell.bg == Color::Reset;
    assert!(plain.content().iter().all(is_plain));
    let is_bold = |cell: &Cell| cell.modifier.contains(Modifier::BOLD);
    assert!(plain.content().iter().any(is_bold));
}

#[test]
fn the_text_has_all_rows_of_the_screen() {
    let text = layout::text(&state(), 120);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert!(!text.contains('\x1b') && !text.contains("more"), "{text}");
    assert_has(&lines, &["search-api", "OPEN", "12/20"]);
    assert_has(&lines, &["search", "backoff", "0", "5"]);
    assert_has(&lines, &["info", "embed", "waits", "×3", "for requests"]);
    assert_eq!(lines.len(), 1 + 7 + 7 + 5 + 3, "{text}");
}
