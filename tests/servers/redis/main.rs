//! The store over Redis: its answers beside those of the store in memory, and its faults.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code fails loudly"
)]

mod calls;
mod cluster;
mod equal;
mod failover;
mod faults;
mod hostile;
mod simulated_time;

use resilient_runtime::sharing::{CapUse, Limits, Order, Pace, Report, Scope};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn scope() -> Scope {
    Scope {
        upstream: "openai".to_owned(),
        key: None,
    }
}

/// A request a second.
fn report(replica: u64) -> Report {
    let requests = Pace {
        amount: 1,
        period: SECOND,
        burst: 1,
    };
    Report {
        replica,
        limits: Limits {
            requests: Some(requests),
            ..Limits::default()
        },
        ..Report::default()
    }
}

fn capped(replica: u64) -> Report {
    let cap = CapUse {
        cap: "10000 requests/day".to_owned(),
        starts: 1_795_910_400,
        ends: SECOND * 3_600,
        used: 1,
        known: 0,
    };
    Report {
        caps: vec![cap],
        ..report(replica)
    }
}

fn places(number: usize) -> Order {
    Order {
        costs: vec![0; number],
        latest: SECOND * 60,
    }
}
