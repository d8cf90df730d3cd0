//! The tables of a state, arranged for a width and a height.

use crate::{
    columns::{CLASSES, EVENTS, FUNCTIONS, UPSTREAMS, WAITS},
    events::Severity,
    state::State,
    table::{Cell, Line, Tone, table, width_of},
    words,
};
use std::cmp::Reverse;

/// From this width on, waits and failures are beside each other.
const WIDE: usize = 72;
/// The width of the waits then.
const WAITS_WIDTH: usize = 52;
/// The space between them.
const GAP: usize = 2;
/// From this height on, there is a line between two tables.
const HIGH: usize = 34;
/// Up to this height of the last events, some are left out; a text has so many of them.
const FEW: usize = 8;

/// The heights of the tables, with their titles. A table of height zero is left out.
struct Heights {
    functions: usize,
    upstreams: usize,
    waits: usize,
    /// Below the waits, or as high as these if they are beside each other.
    failures: usize,
    events: usize,
    /// Whether only events are shown that are worth knowing.
    is_short: bool,
    /// Between two tables.
    space: usize,
}

impl Heights {
    /// All rows, and the last events.
    fn natural(state: &State, width: usize) -> Self {
        let (waits, failures) = (state.waits.len(), state.failures.len());
        let is_wide = width >= WIDE;
        let middle = if is_wide { waits.max(failures) } else { waits };
        Self {
            functions: with_title(state.functions.len()),
            upstreams: with_title(state.upstreams.len()),
            waits: with_title(middle),
            failures: with_title(if is_wide { middle } else { failures }),
            events: with_title(state.events.len().min(FEW)),
            is_short: false,
            space: 0,
        }
    }

    /// The same within a height. Functions and upstreams come first, and half of the rest is for
    /// the events.
    fn within(state: &State, width: usize, height: usize) -> Self {
        let natural = Self::natural(state, width);
        let space = usize::from(height >= HIGH);
        // The header, and a line before each table.
        let header = 1_usize.saturating_add(space.saturating_mul(4));
        let mut rest = height.saturating_sub(header);
        let mut take = |wanted: usize, most: usize| {
            let taken = wanted.min(most).min(rest);
            rest = rest.saturating_sub(taken);
            (taken, rest)
        };
        let (functions, _) = take(natural.functions, usize::MAX);
        let (upstreams, rest) = take(natural.upstreams, usize::MAX);
        let (waits, rest) = take(natural.waits, rest.div_ceil(2));
        let (failures, events) = if width >= WIDE {
            (waits, rest)
        } else {
            take(natural.failures, rest.div_ceil(2))
        };
        Self {
            functions,
            upstreams,
            waits,
            failures,
            events,
            is_short: events <= FEW,
            space,
        }
    }
}

fn with_title(rows: usize) -> usize {
    rows.saturating_add(1)
}

/// The lines of a screen of this size.
pub fn screen(state: &State, width: usize, height: usize) -> Vec<Line> {
    let heights = Heights::within(state, width, height);
    let mut lines = tables(state, width, &heights);
    lines.truncate(height);
    lines
}

/// A text of this width.
pub fn text(state: &State, width: usize) -> String {
    let heights = Heights::natural(state, width);
    let mut text = String::new();
    for line in tables(state, width, &heights) {
        let line: String = line.into_iter().map(|cell| cell.text).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn tables(state: &State, width: usize, heights: &Heights) -> Vec<Line> {
    let mut lines = vec![header(state, width)];
    let mut add = |table: Vec<Line>| {
        if !table.is_empty() {
            lines.extend(vec![Line::new(); heights.space]);
            lines.extend(table);
        }
    };
    add(table(
        &FUNCTIONS,
        &state.functions,
        width,
        heights.functions,
    ));
    add(upstreams(state, width, heights.upstreams));
    if width >= WIDE {
        let left = waits(state, WAITS_WIDTH, heights.waits);
        let rest = width.saturating_sub(WAITS_WIDTH).saturating_sub(GAP);
        let right = table(&CLASSES, &state.failures, rest, heights.failures);
        add(beside(left, right));
    } else {
        add(waits(state, width, heights.waits));
        add(table(&CLASSES, &state.failures, width, heights.failures));
    }
    add(events(state, width, heights));
    lines
}

fn header(state: &State, width: usize) -> Line {
    let waiting = state.waiting();
    let is_waiting = if waiting > 0 {
        Tone::Notice
    } else {
        Tone::Plain
    };
    let mut parts = vec![
        Cell::plain(words::clock(state.time)),
        Cell::plain(format!("{} calls", state.calls())),
        Cell::plain(format!("{:.1}/s", state.rate())),
        Cell::new(format!("{waiting} waiting"), is_waiting),
    ];
    if state.dropped > 0 {
        let dropped = format!("{} events dropped", state.dropped);
        parts.push(Cell::new(dropped, Tone::Bad));
    }
    let space = || Cell::plain("  ");
    let mut line = Line::new();
    for part in parts {
        line.extend([part, space()]);
    }
    let (name, keys) = ("resilient top", "q quits");
    let total = width_of(&line).saturating_add(name.len()).saturating_add(2);
    if total <= width {
        line.splice(0..0, [Cell::new(name, Tone::Heading), space()]);
    }
    let rest = width.saturating_sub(width_of(&line));
    if state.is_interactive && rest >= keys.len() {
        line.push(Cell::new(format!("{keys:>rest$}"), Tone::Quiet));
    }
    line
}

/// If there is no room for all, those that hold calls back are shown.
fn upstreams(state: &State, width: usize, height: usize) -> Vec<Line> {
    let mut upstreams = state.upstreams.clone();
    if with_title(upstreams.len()) > height {
        upstreams.sort_by_key(|it| Reverse(it.trouble()));
    }
    table(&UPSTREAMS, &upstreams, width, height)
}

/// Older ones, for which there is no room, are not shown.
fn events(state: &State, width: usize, heights: &Heights) -> Vec<Line> {
    let events = state.events.iter();
    let shown = events.filter(|it| !heights.is_short || it.severity != Severity::Info);
    let shown = shown.take(heights.events.saturating_sub(1)).cloned();
    let shown: Vec<_> = shown.collect();
    table(&EVENTS, &shown, width, heights.events)
}

/// If there is no room for all, those with waiting calls are shown.
fn waits(state: &State, width: usize, height: usize) -> Vec<Line> {
    let mut waits = state.waits.clone();
    if with_title(waits.len()) > height {
        waits.sort_by_key(|wait| Reverse(wait.now.calls));
    }
    table(&WAITS, &waits, width, height)
}

/// Two tables beside each other; the left one has lines of one width.
fn beside(left: Vec<Line>, right: Vec<Line>) -> Vec<Line> {
    let height = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let line = |_| {
        let mut line = left.next().unwrap_or_default();
        let width = WAITS_WIDTH.saturating_add(GAP);
        let rest = width.saturating_sub(width_of(&line));
        line.push(Cell::plain(" ".repeat(rest)));
        line.extend(right.next().unwrap_or_default());
        line
    };
    (0..height).map(line).collect()
}
