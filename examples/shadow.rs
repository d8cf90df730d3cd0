//! New limits on trial: in shadow mode they only count, until the file enforces them.
#![allow(clippy::print_stdout, reason = "output is its purpose")]

use resilient_runtime::{CallError, Upstream, config::Config, resilient};
use std::{error::Error, io, time::Instant};

static API: Upstream = Upstream::new("api");

#[resilient(upstream = API)]
async fn ask() -> Result<u32, CallError<io::Error>> {
    Ok(42)
}

async fn twenty_calls(title: &str) -> Result<(), Box<dyn Error>> {
    let before = API.snapshot().counts;
    let start = Instant::now();
    for _ in 0..20 {
        ask().await?;
    }
    let counts = API.snapshot().counts;
    println!(
        "{title}: {:.1?}, {} delayed, {} that would have been",
        start.elapsed(),
        counts.queued.saturating_sub(before.queued),
        counts.not_enforced.saturating_sub(before.not_enforced),
    );
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let limit = "[upstream.api]\nrequests = { rate = \"600/min\", burst = 5 }\n";
    twenty_calls("without a limit").await?;
    Config::parse(&format!("{limit}shadow = true"), "resilient.toml")?.apply();
    twenty_calls("600 a minute, in shadow").await?;
    Config::parse(limit, "resilient.toml")?.apply();
    twenty_calls("600 a minute, enforced").await?;
    Ok(())
}
