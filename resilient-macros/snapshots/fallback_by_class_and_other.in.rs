#[resilient(fallback(overloaded = cached, other = missing), deadline = "1m")]
async fn ask(prompt: String) -> Result<Reply, Error> {
    send(prompt).await
}
