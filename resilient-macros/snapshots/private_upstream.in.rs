#[resilient(
    breaker(
        failure_ratio = 0.5, window = "10s", min_calls = 20, consecutive = 5, slow = "10s", slow_ratio = 0.8,
        break_duration = "5s", max_break_duration = "1m", factor = 2, half_open_probes = 3, probe_timeout = LEASE,
    ),
    requests("10/s", burst = 20),
    tokens = "200_000/min",
    concurrency(8, queue = 100),
    cost = 1000,
    budget = "10%",
    name = "openai.chat",
)]
/// Asks.
async fn ask(prompt: &str) -> Result<Reply, Error> {
    send(prompt).await
}
