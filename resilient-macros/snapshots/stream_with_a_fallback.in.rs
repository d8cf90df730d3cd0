#[resilient(fallback = cached)]
async fn ask(question: &str) -> Result<Pin<Box<dyn Stream<Item = Result<Delta, ApiError>> + Send>>, ApiError> {
    open(question).await
}
