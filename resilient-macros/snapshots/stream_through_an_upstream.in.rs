#[resilient(upstream = OPENAI, key = tenant)]
async fn ask(&self, tenant: &str) -> Result<BoxStream<'static, Result<Delta, ApiError>>, ApiError> {
    self.open(tenant).await
}
