#[resilient(breaker, concurrency(min = 4, max = 64), budget = "none", requests = RATE)]
/// Asks.
async fn ask(prompt: &str) -> Result<Reply, Error> {
    send(prompt).await
}
