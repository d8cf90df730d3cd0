//! A server that hangs, and one that is killed: what is let through meanwhile, and how long calls
//! are held up.

use crate::{micros, now, process::Process, quantile, rates::Outcome, report::Report};
use resilient_servers::RedisServer;
use std::{ops::Range, time::Duration};
use tokio::time::sleep;

/// Between the first call and the outage.
const BEFORE: Duration = Duration::from_secs(30);
const LASTS: Duration = Duration::from_secs(60);

/// Sleeps until this time of all processes.
async fn sleep_until(at: u64) {
    sleep(Duration::from_micros(at.saturating_sub(now()))).await;
}

/// Returns the times of both outages.
pub(crate) async fn happen(
    frozen: &mut RedisServer,
    killed: &mut RedisServer,
    begin: u64,
) -> [Range<u64>; 2] {
    sleep_until(begin + micros(BEFORE)).await;
    let froze = now();
    frozen.freeze();
    let died = now();
    killed.kill();
    sleep_until(begin + micros(BEFORE + LASTS)).await;
    let thawed = now();
    frozen.thaw();
    killed.restart();
    [froze..thawed, died..now()]
}

/// A process that makes one call after another, below its limit.
pub(crate) struct Caller(Process);

#[derive(Default)]
pub(crate) struct Calls {
    /// The begin of each call, and how long it was held up.
    all: Vec<(u64, Duration)>,
    edges: usize,
    restored: Option<u64>,
}

impl Caller {
    pub(crate) fn start(server: &RedisServer, begin: u64, lasts: Duration) -> Self {
        let lasts = lasts.as_millis().to_string();
        Self(Process::start(&[
            "call",
            &server.url(),
            &begin.to_string(),
            &lasts,
        ]))
    }

    pub(crate) fn end(self) -> Calls {
        let mut calls = Calls::default();
        for line in self.0.end().lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let number = |at: usize| words[at].parse::<u64>().unwrap();
            if words[0] == "call" {
                let held = Duration::from_micros(number(2));
                calls.all.push((number(1), held));
                continue;
            }
            calls.edges += 1;
            if words[0] == "restored" {
                calls.restored = Some(number(1));
            }
        }
        calls
    }
}

impl Calls {
    /// How long the calls of this time were held up, the shortest first.
    fn held(&self, time: Range<u64>) -> Vec<Duration> {
        let calls = self.all.iter().filter(|it| time.contains(&it.0));
        let mut held: Vec<Duration> = calls.map(|it| it.1).collect();
        held.sort_unstable();
        held
    }
}

/// `back_in` is in seconds.
pub(crate) fn judge(
    report: &mut Report,
    outcome: &Outcome,
    calls: &Calls,
    time: &Range<u64>,
    back_in: f64,
) {
    report.at_most("worst 60 s, of the limit", outcome.worst_minute, 1.2);
    report.at_most("worst second, of the pace", outcome.worst_second, 4.0);
    report.at_least("used, of the limit", outcome.used, 0.9);
    report.at_most(
        "events of the store, in a process",
        outcome.edges as f64,
        2.0,
    );
    let back = |at: Option<u64>| at.map_or(f64::INFINITY, |at| (at as f64 - time.end as f64) / 1e6);
    let restored = back(outcome.restored);
    report.at_most("last process is back after, s", restored, back_in);
    // A call that began before the outage can be the first one in it.
    let first = calls.held(time.start - 1_000_000..time.start + 1_000_000);
    let later = calls.held(time.start + 1_000_000..time.end);
    let after = calls.held(time.end..u64::MAX);
    let millis = |it: Duration| it.as_secs_f64() * 1e3;
    println!(
        "  one more process makes {} calls in the outage:",
        first.len() / 2 + later.len()
    );
    let longest = |held: &[Duration]| held.last().copied().unwrap_or_default();
    report.at_most(
        "held up at the begin, longest, ms",
        millis(longest(&first)),
        100.0,
    );
    report.at_most(
        "held up later, p99, ms",
        millis(quantile(&later, 0.99)),
        10.0,
    );
    report.at_most("held up later, longest, ms", millis(longest(&later)), 50.0);
    report.at_most(
        "held up afterwards, longest, ms",
        millis(longest(&after)),
        100.0,
    );
    report.at_most("events of the store", calls.edges as f64, 2.0);
    report.at_most("back after, s", back(calls.restored), back_in);
}
