#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::{EventLines, Line, Severity};
use crate::observe_here::observe_here;
use resilient_runtime::{Breaker, CallError, Upstream, resilient};
use std::{
    io,
    time::{Duration, Instant},
};

fn line(seconds: u64, text: &str, detail: &str) -> Line {
    Line {
        time: Duration::from_secs(seconds),
        severity: Severity::Info,
        origin: "ask".to_owned(),
        text: text.to_owned(),
        detail: detail.to_owned(),
        count: 1,
    }
}

#[test]
fn events_of_one_kind_share_a_line_for_some_seconds() {
    let lines = EventLines::new(Instant::now());
    lines.push(line(1, "retries", "in 10ms"));
    lines.push(line(2, "gives up", "authentication"));
    lines.push(line(3, "retries", "in 30ms"));
    lines.push(line(9, "retries", "in 50ms"));
    let twice = Line {
        count: 2,
        ..line(3, "retries", "in 30ms")
    };
    assert_eq!(
        lines.last(),
        [
            line(9, "retries", "in 50ms"),
            twice,
            line(2, "gives up", "authentication")
        ]
    );
}

#[test]
fn old_lines_are_forgotten() {
    let lines = EventLines::new(Instant::now());
    for number in 0..100_u32 {
        lines.push(line(1, &number.to_string(), ""));
    }
    let last = lines.last();
    assert_eq!((last.len(), &*last[0].text), (60, "99"));
}

static API: Upstream = Upstream::new("api").breaker(Breaker::new().consecutive(2));

#[resilient(name = "ask", upstream = API, key = tenant, attempts = 3, backoff(jitter = "none"))]
async fn ask(tenant: &str) -> Result<(), CallError<io::Error>> {
    Err(io::Error::from(io::ErrorKind::ConnectionReset).into())
}

#[resilient_runtime::test(start_paused = true)]
async fn events_name_origin_and_class_and_no_key() {
    let lines = EventLines::new(Instant::now());
    let observation = observe_here(lines.observer());
    assert!(ask("tenant-7").await.is_err());
    observation.stop();
    let lines = lines.last();
    let told = lines.iter().map(|it| (&*it.origin, &*it.text, &*it.detail));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("ask", "gives up", "network: the circuit breaker is open"),
            ("api", "circuit opened", "for 5.0s, by consecutive_failures"),
            (
                "ask",
                "retries",
                "in 1.0s (schedule): network, attempt 1 of 3"
            ),
        ]
    );
    assert!(!format!("{lines:?}").contains("tenant-7"));
}
