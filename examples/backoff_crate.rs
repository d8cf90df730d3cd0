//! Migration from the `backoff` crate: its errors and schedules still work, only the loop is
//! replaced. Run it with `cargo run --example backoff_crate`.

use std::time::Duration;

use backoff::{Error, ExponentialBackoff, ExponentialBackoffBuilder};
use resilient_examples::{Answer, Server, client};
use resilient_runtime::{CallError, FromBackoff, resilient};

/// As written for `backoff::future::retry`: `Permanent` is not retried, and `Transient` is.
async fn fetch(url: &str) -> Result<String, Error<reqwest::Error>> {
    let response = client().get(url).send().await.map_err(Error::transient)?;
    let response = response
        .error_for_status()
        .map_err(|error| match error.status() {
            Some(status) if status.is_client_error() => Error::permanent(error),
            _ => Error::retry_after(error, Duration::from_millis(20)),
        })?;
    response.text().await.map_err(Error::transient)
}

fn schedule() -> FromBackoff<ExponentialBackoff> {
    let backoff = ExponentialBackoffBuilder::new()
        .with_initial_interval(Duration::from_millis(50))
        .build();
    FromBackoff(backoff)
}

#[resilient(attempts = 6, timeout = "2s", backoff = schedule())]
async fn greet(url: &str) -> Result<String, CallError<Error<reqwest::Error>>> {
    Ok(fetch(url).await?)
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await;

    let greeting = Answer::ok("").body("Good morning.");
    let url = server.script("flaky", [Answer::status(500), Answer::reset(), greeting]);
    println!(
        "{} (after {} requests)",
        greet(&url).await?,
        server.requests("flaky")
    );

    let url = server.script("moved", [Answer::status(404)]);
    if let Err(error) = greet(&url).await {
        println!("{error}");
    }
    Ok(())
}
