//! A client of hyper-like form behind a `ResilientLayer`: a service that fails by script.
//! Run it with `cargo run --example tower`.
#![allow(clippy::print_stdout, reason = "output is its purpose")]

use resilient_runtime::{
    Event, EventKind, Policy, ResilientLayer, Upstream, observe,
    testing::server::{FaultyServer, ok, reset, status},
};
use std::{error::Error, time::Duration};
use tower::{Service as _, ServiceBuilder, ServiceExt as _, service_fn};

static API: Upstream = Upstream::new("api").requests_per_minute(600);

fn print_retries(event: &Event<'_>) {
    if let EventKind::Retrying { failed, delay, .. } = &event.kind {
        println!("  {}: again in {delay:?}", failed.failure.class);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let _observation = observe(print_retries);
    let server = FaultyServer::start().await;
    let http = resilient_examples::client();

    // Any service whose requests can be copied: here reqwest's client, by a function.
    let transport = service_fn(move |request: http::Request<String>| {
        let request = reqwest::Request::try_from(request).map(|request| http.execute(request));
        async move { request?.await }
    });
    let layer = ResilientLayer::new(Policy::new().timeout(Duration::from_secs(5)))
        .upstream(&API)
        .name("search")
        .key(|request: &http::Request<String>| request.method().as_str().to_owned())
        .idempotent(|request| request.method().is_idempotent());
    let mut client = ServiceBuilder::new().layer(layer).service(transport);

    for (title, request, answers) in [
        (
            "a server that restarts",
            http::Request::get(server.url()).body(String::new())?,
            vec![reset(), status(503), ok("found")],
        ),
        (
            "an order that may have been processed",
            http::Request::post(server.url()).body("one".to_owned())?,
            vec![status(500)],
        ),
        (
            "an order that the server asks to send later",
            http::Request::post(server.url()).body("one".to_owned())?,
            vec![status(429).retry_after(Duration::from_secs(1)), ok("done")],
        ),
    ] {
        println!("{title}");
        server.answer(answers);
        let response = client.ready().await?.call(request).await?;
        println!("  {}: {}", response.status(), response.text().await?);
    }
    Ok(())
}
