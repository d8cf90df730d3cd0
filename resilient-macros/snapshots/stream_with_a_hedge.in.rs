#[resilient(hedge(after = "2s"), stream = true)]
async fn ask(question: &str) -> Answers {
    open(question).await
}
