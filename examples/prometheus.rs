//! The metrics of calls to a server that misbehaves, as Prometheus scrapes them. Run it with
//! `cargo run --example prometheus`.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{
    ApiError, Breaker, Class, Concurrency, ReadChecked as _, SendChecked as _, Upstream,
    metrics::{Facade, INSTRUMENTS},
    observe, resilient,
};
use std::time::Duration;

static SERVER: Upstream = Upstream::new("server")
    .requests_per_minute(6_000)
    .concurrency(Concurrency::new(8))
    .breaker(Breaker::DEFAULT);

#[resilient(
    name = "greet",
    upstream = SERVER,
    attempts = 3,
    timeout = "2s",
    backoff(initial = "20ms"),
    fallback = offline
)]
async fn greet(http: &reqwest::Client, url: &str) -> Result<String, ApiError> {
    http.get(url).send_checked().await?.text_checked().await
}

fn offline(_: &reqwest::Client, _: &str, error: ApiError) -> Result<String, ApiError> {
    match error.failure().class {
        Class::Authentication => Err(error),
        _ => Ok("(offline)".to_owned()),
    }
}

/// With the names that Prometheus recommends, and the buckets of the table.
fn exporter() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new().with_recommended_naming(true);
    for instrument in INSTRUMENTS {
        if !instrument.buckets.is_empty() {
            let name = Matcher::Full(instrument.name.to_owned());
            builder = builder.set_buckets_for_metric(name, instrument.buckets)?;
        }
    }
    builder.install_recorder()
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = exporter()?;
    let metrics = Facade::new();
    observe(Facade::new());

    let server = Server::start().await;
    let (http, greeting) = (client(), Answer::ok("").body("Good morning."));
    let scripts = [
        ("well", vec![greeting.clone()]),
        (
            "flaky",
            vec![Answer::status(503), Answer::reset(), greeting],
        ),
        ("locked", vec![Answer::status(401)]),
        ("down", vec![Answer::status(500)]),
    ];
    for (name, script) in scripts {
        let url = server.script(name, script);
        let _ = greet(&http, &url).await;
    }
    let url = server.script("stalled", [Answer::status(503)]);
    // Dropped in its wait.
    let dropped = greet(&http, &url);
    let _ = tokio::time::timeout(Duration::from_millis(5), dropped).await;
    SERVER.isolate();
    let _ = greet(&http, &url).await;

    // As a handler of `/metrics` does.
    metrics.sample();
    exporter.run_upkeep();
    print!("{}", exporter.render());
    Ok(())
}
