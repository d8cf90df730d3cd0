#[resilient(policy = &STRICT)]
async fn chat(prompt: &str) -> Result<Reply, Error> {
    send(prompt).await
}
