#[resilient(upstream = OPENAI, cost = 1_000, fields(model = model))]
/// Asks.
async fn ask(&self, model: &str) -> Result<Reply, Error> {
    self.send(model).await
}
