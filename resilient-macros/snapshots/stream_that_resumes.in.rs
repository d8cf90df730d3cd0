#[resilient(
    upstream = OPENAI, cost = 100, deadline = "5m", content = Delta::has_text, last = Delta::is_final, usage = Delta::usage,
    resume(go_on, max = 2), context = attempt
)]
async fn ask(&self, question: String, words: &[&str]) -> Result<BoxStream<'_, Result<Delta, Error>>, Error> {
    self.open(question, words).await
}
