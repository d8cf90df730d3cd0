#[resilient(
    attempts = 8,
    timeout = "1.5s",
    deadline = "2m",
    backoff(kind = "linear", initial = "500ms", max = "10s", jitter = "equal"),
    on(rate_limited, attempts = 10, initial = "2s"),
    on(conflict, kind = "fixed", initial = Self::PAUSE),
    on(timeout, retry = false),
    max_retry_after = "1m",
    idempotent = false,
    repeat_nested = true,
)]
/// Pays an order.
pub async fn pay(&self) -> Result<(), Error> {
    self.send().await
}
