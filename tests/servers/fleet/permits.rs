//! The permits of a process that was killed: another one waits for them.

use crate::{now, process::Process, replica::PERMITS, report::Report};
use resilient_servers::RedisServer;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) async fn measure(report: &mut Report) {
    println!("\n{PERMITS} permits, all held by a process that is killed while another one waits");
    let server = RedisServer::start().unwrap();
    let mut dead = Process::start(&["hold", &server.url()]);
    for _ in 0..PERMITS {
        assert!(dead.line().starts_with("held "));
    }
    let mut waits = Process::start(&["hold", &server.url()]);
    sleep(Duration::from_secs(2)).await;
    let killed = now();
    drop(dead);
    let mut last = 0_u64;
    for _ in 0..PERMITS {
        let line = waits.line();
        let at = line.trim().strip_prefix("held ").unwrap();
        last = at.parse().unwrap();
    }
    let after = last as f64 - killed as f64;
    report.at_least(
        "the last is back after, s (not before the kill)",
        after / 1e6,
        0.0,
    );
    report.at_most("the last is back after, s", after / 1e6, 11.0);
}
