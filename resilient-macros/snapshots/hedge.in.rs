#[resilient(hedge(after = "p95", max = 2), context = attempt)]
/// Asks.
async fn ask(&self, prompt: String, (a, b): (u8, u8), mut rest: &[u8]) -> Result<Reply, Error> {
    self.send(prompt, a, b, rest, attempt).await
}
