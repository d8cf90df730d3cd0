//! The attribute on a plain async function. Run it with `cargo run --example first`.

use resilient_examples::{Answer, Server, client};
use resilient_runtime::{CallError, resilient};

#[resilient(attempts = 4, timeout = "2s", backoff(initial = "50ms"))]
async fn greet(url: &str) -> Result<String, CallError<reqwest::Error>> {
    let response = client().get(url).send().await?.error_for_status()?;
    Ok(response.text().await?)
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await;
    let greeting = Answer::ok("").body("Good morning.");
    let url = server.script("flaky", [Answer::status(503), Answer::reset(), greeting]);

    println!(
        "{} (after {} requests)",
        greet(&url).await?,
        server.requests("flaky")
    );

    // A failure that is not transient is returned at once, with a report.
    let url = server.script("locked", [Answer::status(401)]);
    if let Err(error) = greet(&url).await {
        println!("{error:#}");
    }
    Ok(())
}
