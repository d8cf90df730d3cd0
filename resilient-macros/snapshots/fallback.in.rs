#[resilient(fallback = Self::cached)]
/// Asks.
async fn ask(mut self, prompt: String, (a, b): (u8, u8), buf: &mut Vec<u8>, _: u8) -> Result<Reply, Error> {
    self.send(prompt, a, b).await
}
