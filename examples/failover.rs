//! Two servers on loopback that stand in for each other: the first one dies, and comes back.
#![allow(clippy::print_stdout, reason = "output is its purpose")]

use resilient_runtime::{
    ApiError, Event, EventKind, Failover, SendChecked as _, Target, Upstream, observe, resilient,
    testing::server::{FaultyServer, ok, status},
};
use std::{error::Error, time::Duration};

static NEAR: Upstream = Upstream::new("near");
static FAR: Upstream = Upstream::new("far");
static CHAT: Failover = Failover::new("chat").to(&NEAR, "small").to(&FAR, "large");

struct Servers {
    near: FaultyServer,
    far: FaultyServer,
}

impl Servers {
    fn url(&self, target: Target) -> String {
        match target.upstream() {
            "near" => self.near.url(),
            _ => self.far.url(),
        }
    }
}

#[resilient(failover = CHAT, context = attempt)]
async fn ask(client: &reqwest::Client, servers: &Servers) -> Result<Target, ApiError> {
    let target = attempt.target();
    client.get(servers.url(target)).send_checked().await?;
    Ok(target)
}

fn print_moves(event: &Event<'_>) {
    match &event.kind {
        EventKind::FailingOver {
            from, to, class, ..
        } => println!("    failing over from {from} to {to}: {class}"),
        EventKind::TargetDown { target, probe, .. } => {
            println!("    {target} is down; first probe after {probe:?}");
        }
        EventKind::TargetUp { target, .. } => println!("    {target} is up again"),
        _ => {}
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _observation = observe(print_moves);
    let client = resilient_examples::client();
    let servers = Servers {
        near: FaultyServer::start().await,
        far: FaultyServer::start().await,
    };
    servers.far.otherwise(ok("hello"));
    for (title, answer) in [
        ("both work", ok("hello")),
        ("the first one is down", status(503)),
        ("it works again", ok("hello")),
    ] {
        println!("{title}");
        servers.near.otherwise(answer);
        for _ in 0..8 {
            println!("  answer of {}", ask(&client, &servers).await?);
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    for target in CHAT.snapshot().targets {
        println!(
            "{}: {} attempts, {} of them failed",
            target.target, target.attempts, target.failures
        );
    }
    Ok(())
}
