#[resilient(policy = self.policy, attempts = 3, timeout = "none", backoff(initial = self.pause), on(not_found, retry = true))]
/// Asks.
pub async fn ask(&self) -> Result<(), Error> {
    self.send().await
}
