#[resilient(split, attempts = 3)]
pub async fn embed<T: AsRef<str>>(&self, texts: Vec<T>, model: &str, options: Options, log: &mut Log) -> Result<Vec<Vector>, ApiError> {
    self.post(texts, model, options, log).await
}
