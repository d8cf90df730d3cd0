//! `ApiError` keeps the whole answer, shows no secret, and does not wait for endless bodies.

mod bodies;
mod contents;
mod in_flight;
mod report;

use resilient_examples::{Answer, Server, client};
use resilient_runtime::{ApiError, IntoApiResult, Policy, resilient};
use std::time::Duration;

/// Real sockets need the real clock, so the timeout is short.
const FAST: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_millis(300));

#[resilient(policy = FAST)]
async fn read(url: &str) -> Result<String, ApiError> {
    let response = client().get(url).send().await?;
    Ok(response.into_api_result().await?.text().await?)
}

/// The result of reading a body, and the number of requests.
async fn outcome(answers: impl IntoIterator<Item = Answer>) -> (Result<String, ApiError>, usize) {
    let server = Server::start().await;
    let url = server.script("test", answers);
    (read(&url).await, server.requests("test"))
}

async fn failure(answer: Answer) -> ApiError {
    let server = Server::start().await;
    let url = server.script("test", [answer]);
    let response = client().get(url).send().await.unwrap();
    response.into_api_result().await.unwrap_err()
}
