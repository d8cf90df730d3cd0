#[resilient(context = attempt, name = "openai.chat", level = "debug", fields(model = %model, size = prompt.len()))]
async fn chat(model: &str, prompt: String) -> Result<(), Error> {
    send(model, prompt, attempt.idempotency_key()).await
}
