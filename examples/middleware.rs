//! A stack of `reqwest-middleware` with a `ResilientMiddleware`: waits by header, classes by body.
//! Run it with `cargo run --example middleware`.
#![allow(clippy::print_stdout, reason = "output is its purpose")]

use reqwest_middleware::ClientBuilder;
use resilient_runtime::{
    Event, EventKind, Policy, RequestSettings, ResilientMiddleware, Upstream, observe,
    testing::server::{FaultyServer, ok, openai, reset, status},
};
use std::{error::Error, time::Duration};

static API: Upstream = Upstream::new("api").tokens_per_minute(200_000);

fn print_steps(event: &Event<'_>) {
    match &event.kind {
        EventKind::Retrying {
            failed,
            delay,
            source,
            ..
        } => println!("  {}: again in {delay:?} ({source})", failed.failure.class),
        EventKind::GivingUp { failed, reason, .. } => {
            println!("  {}: {reason}", failed.failure.class);
        }
        _ => {}
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _observation = observe(print_steps);
    let server = FaultyServer::start().await;
    let resilience = ResilientMiddleware::new(Policy::new().timeout(Duration::from_secs(5)))
        .upstream(&API)
        .name("chat")
        .idempotent(|request: &reqwest::Request| request.method().is_idempotent());
    let client = ClientBuilder::new(resilient_examples::client())
        .with(resilience)
        .build();

    for (title, answers) in [
        ("a server that restarts", vec![reset(), ok("hello")]),
        (
            "a rate limit",
            vec![status(429).retry_after(Duration::from_secs(1)), ok("hello")],
        ),
        (
            "the same status, but an account without credit",
            vec![openai::quota_exhausted()],
        ),
    ] {
        println!("{title}");
        server.answer(answers);
        let own = RequestSettings::new()
            .key("acme")
            .cost(800)
            .idempotent(true);
        let request = client.post(server.url()).body("hi").with_extension(own);
        let response = request.send().await?;
        let status = response.status();
        let body = response.text().await?;
        println!("  {status}: {}", body.lines().next().unwrap_or_default());
    }
    Ok(())
}
