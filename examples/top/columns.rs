//! The columns of the tables.

use crate::{
    events::Line,
    state::{Failures, Function, Level, Upstream, Wait},
    table::{Cell, Column, Side, Tone},
    words,
};
use resilient_runtime::{BreakerState, Outcome};
use std::time::Duration;

/// The width of a bar.
const BAR: usize = 4;
/// The seconds of a trend.
const TREND: usize = 20;
/// From this error rate on, it is marked.
const HIGH_ERROR_RATE: f64 = 0.1;

const fn left<R>(title: &'static str, width: usize, rank: u8, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        title,
        width,
        rank,
        side: Side::Left,
        stretches: false,
        cell,
    }
}

const fn right<R>(title: &'static str, width: usize, rank: u8, cell: fn(&R) -> Cell) -> Column<R> {
    Column {
        side: Side::Right,
        ..left(title, width, rank, cell)
    }
}

pub(crate) const FUNCTIONS: [Column<Function>; 16] = [
    left("function", 9, 0, |it| Cell::plain(&it.name)),
    left("upstream", 10, 10, |it| {
        it.upstream.as_ref().map_or_else(Cell::none, Cell::plain)
    }),
    right("calls/s", 7, 1, |it| Cell::plain(format!("{:.1}", it.rate))),
    right("last 20 s", TREND, 9, |it| {
        Cell::new(words::spark(&it.trend, TREND), Tone::Quiet)
    }),
    right("calls", 5, 11, |it| Cell::plain(it.calls.to_string())),
    right("ok", 5, 3, |it| count(it, Outcome::Ok, Tone::Plain)),
    right("retried", 7, 4, |it| {
        count(it, Outcome::OkAfterRetry, Tone::Notice)
    }),
    right("fallback", 8, 7, |it| {
        count(it, Outcome::Fallback, Tone::Notice)
    }),
    right("failed", 6, 2, |it| count(it, Outcome::Failed, Tone::Bad)),
    right("rejected", 8, 5, |it| {
        count(it, Outcome::Rejected, Tone::Bad)
    }),
    right("cancelled", 9, 13, |it| {
        count(it, Outcome::Cancelled, Tone::Notice)
    }),
    right("hedges", 6, 14, |it| number(it.hedges, Tone::Plain)),
    right("err 1m", 7, 1, error_rate),
    right("p50", 5, 8, |it| quantile(it, 0)),
    right("p90", 5, 12, |it| quantile(it, 1)),
    right("p99", 5, 6, |it| quantile(it, 2)),
];

pub(crate) const UPSTREAMS: [Column<Upstream>; 12] = [
    left("upstream", 10, 0, |it| Cell::plain(&it.name)),
    left("breaker", 9, 1, breaker),
    right("paused", 6, 5, |it| match it.gate {
        Some(rest) => Cell::new(words::time(rest), Tone::Notice),
        None => Cell::none(),
    }),
    left("", BAR, 8, |it| bar(it.requests.as_ref())),
    left("requests left", 13, 3, |it| left_of(it.requests.as_ref())),
    left("tokens left", 11, 7, |it| left_of(it.tokens.as_ref())),
    left("", BAR, 9, |it| bar(it.permits.as_ref())),
    left("permits used", 12, 4, |it| used_of(it.permits.as_ref())),
    right("queued", 6, 4, |it| {
        let queued = it.queued.map(u64::from);
        queued.map_or_else(Cell::none, |queued| number(queued, Tone::Notice))
    }),
    left("", BAR, 10, |it| bar(it.budget.as_ref())),
    left("budget left", 11, 2, |it| left_of(it.budget.as_ref())),
    right("deferred", 8, 6, |it| number(it.deferred, Tone::Notice)),
];

pub(crate) const WAITS: [Column<Wait>; 6] = [
    left("waits of", 9, 0, |it| Cell::plain(&it.function)),
    left("first for", 11, 0, |it| Cell::plain(it.reason.as_str())),
    right("now", 4, 0, |it| number(it.now.calls, Tone::Notice)),
    right("longest", 7, 1, |it| match it.now.calls {
        0 => Cell::none(),
        _ => Cell::plain(words::time(it.now.longest)),
    }),
    right("so far", 6, 2, |it| Cell::plain(it.count.to_string())),
    right("mean", 5, 3, |it| match it.count {
        0 => Cell::none(),
        _ => Cell::plain(words::time(it.mean)),
    }),
];

pub(crate) const CLASSES: [Column<Failures>; 4] = [
    left("failures", 14, 0, |it| Cell::plain(it.class.as_str())),
    right("so far", 6, 0, |it| Cell::plain(it.count.to_string())),
    right("share", 6, 1, |it| Cell::plain(words::percent(it.share))),
    left("", 20, 2, |it| {
        Cell::new(words::bar(it.share, 1.0, 20), Tone::Quiet)
    }),
];

pub(crate) const EVENTS: [Column<Line>; 6] = [
    right("time", 5, 0, |it| Cell::plain(words::clock(it.time))),
    left("", 5, 3, |it| {
        Cell::new(it.severity.as_str(), it.severity.tone())
    }),
    left("last events", 11, 0, |it| Cell::plain(&it.origin)),
    left("", 16, 0, |it| Cell::new(&it.text, it.severity.tone())),
    right("", 4, 2, |it| match it.count {
        0 | 1 => Cell::plain(""),
        count => Cell::plain(format!("×{count}")),
    }),
    Column {
        stretches: true,
        ..left("", 12, 1, |it| Cell::new(&it.detail, Tone::Quiet))
    },
];

/// A number, in this tone unless it is zero.
fn number(number: u64, tone: Tone) -> Cell {
    let tone = if number > 0 { tone } else { Tone::Quiet };
    Cell::new(number.to_string(), tone)
}

fn count(function: &Function, outcome: Outcome, tone: Tone) -> Cell {
    number(function.outcome(outcome), tone)
}

/// A high one has an exclamation mark.
fn error_rate(function: &Function) -> Cell {
    match function.error_rate {
        None => Cell::none(),
        Some(rate) if rate >= HIGH_ERROR_RATE => {
            Cell::new(format!("{}!", words::percent(rate)), Tone::Bad)
        }
        Some(rate) => Cell::plain(format!("{} ", words::percent(rate))),
    }
}

fn quantile(function: &Function, place: usize) -> Cell {
    let time: Option<&Duration> = function.latency.as_ref().and_then(|it| it.get(place));
    time.map_or_else(Cell::none, |time| Cell::plain(words::time(*time)))
}

fn breaker(upstream: &Upstream) -> Cell {
    match upstream.breaker {
        None => Cell::none(),
        Some(BreakerState::Closed) => Cell::new("closed", Tone::Good),
        Some(BreakerState::Open) => Cell::new("OPEN", Tone::Bad),
        Some(BreakerState::HalfOpen) => Cell::new("half-open", Tone::Notice),
        Some(other) => Cell::new(other.as_str().to_uppercase(), Tone::Bad),
    }
}

fn bar(level: Option<&Level>) -> Cell {
    let Some(level) = level else {
        return Cell::plain("");
    };
    Cell::new(words::bar(level.now, level.most, BAR), Tone::Quiet)
}

/// A level that falls to zero when it is used up.
fn left_of(level: Option<&Level>) -> Cell {
    level.map_or_else(Cell::none, |level| {
        let tone = if level.now < 1.0 {
            Tone::Notice
        } else {
            Tone::Plain
        };
        Cell::new(text_of(level), tone)
    })
}

/// A level that rises to the highest value when it is used up.
fn used_of(level: Option<&Level>) -> Cell {
    level.map_or_else(Cell::none, |level| {
        let is_full = level.now >= level.most;
        Cell::new(
            text_of(level),
            if is_full { Tone::Notice } else { Tone::Plain },
        )
    })
}

fn text_of(level: &Level) -> String {
    let (now, most) = (words::number(level.now), words::number(level.most));
    match &level.refill {
        Some(refill) => format!("{now}/{most} {refill}"),
        None => format!("{now}/{most}"),
    }
}
