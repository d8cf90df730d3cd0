#[resilient(until = |job| job.is_ready(limit), deadline = "1h", fallback = lost, context = attempt)]
/// Asks.
async fn ask(mut self, prompt: String, limit: u32) -> Result<Job, Error> {
    self.send(prompt, attempt.idempotency_key()).await
}
