#[resilient(timeout = "20s", first = "3m", idle = "90s", deadline = "15m", content = Delta::has_text, last = Delta::is_final)]
/// Asks.
async fn ask(http: &Client, question: String) -> Result<impl Stream<Item = Result<Delta, ApiError>>, ApiError> {
    http.open(question).await
}
