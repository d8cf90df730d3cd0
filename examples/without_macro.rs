//! The same call without the attribute. Run it with `cargo run --example without_macro`.

use std::time::Duration;

use resilient_examples::{Answer, Server, client};
use resilient_runtime::{Backoff, CallError, Policy, call};

const PATIENT: Policy = Policy::new()
    .attempts(4)
    .timeout(Duration::from_secs(2))
    .backoff(Backoff::exponential(Duration::from_millis(50)));

type Result<T, E = CallError<reqwest::Error>> = std::result::Result<T, E>;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await;
    let flaky = [
        Answer::status(503),
        Answer::status(500),
        Answer::ok("").body("Good morning."),
    ];

    // A closure, run once for each attempt.
    let url = server.script("closure", flaky.clone());
    let reply: Result<String> = PATIENT
        .call("greet")
        .run(async || {
            Ok(client()
                .get(&url)
                .send()
                .await?
                .error_for_status()?
                .text()
                .await?)
        })
        .await;
    println!("{} (after {} requests)", reply?, server.requests("closure"));

    // A block. It may mutate captured variables, and `tokio::spawn` takes the future if the block
    // is `Send`.
    let url = server.script("block", flaky);
    let task = async move {
        let mut statuses = Vec::new();
        let reply: Result<String> = call!(PATIENT, "greet", async {
            let response = client().get(&url).send().await?;
            statuses.push(response.status().as_u16());
            Ok(response.error_for_status()?.text().await?)
        })
        .await;
        reply.map(|reply| (reply, statuses))
    };
    let (reply, statuses) = tokio::spawn(task).await??;
    println!("{reply} (after {statuses:?})");
    Ok(())
}
