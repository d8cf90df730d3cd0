#[resilient(fallback(overloaded = Self::cached, circuit_open = |_, _, error| Err(error)))]
/// Asks.
async fn ask(&mut self, prompt: &str) -> Result<Reply, Error> {
    self.send(prompt).await
}
