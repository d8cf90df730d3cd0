//! Failovers: `failover`, and what does not go with it.

use resilient_runtime::{Class, Failover, Upstream, resilient};
use std::io;

static API: Upstream = Upstream::new("api");
static CHAT: Failover = Failover::new("chat").to(&API, "a").to(&API, "b");

#[resilient(failover = "chat")]
async fn failover_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(failover = CHAT, upstream = API)]
async fn two_sources() -> io::Result<()> {
    Ok(())
}

#[resilient(failover = CHAT, hedge(after = "1s"))]
async fn hedged() -> io::Result<()> {
    Ok(())
}

#[resilient(failover = CHAT, requests = "10/s")]
async fn limits_of_its_own() -> io::Result<()> {
    Ok(())
}

#[resilient(targets = CHAT)]
async fn named_so_elsewhere() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = Class::Timeout;
}
