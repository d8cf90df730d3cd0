#[resilient]
async fn get(&mut self, request: impl tonic::IntoRequest<Query>, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Reply, Status> {
    self.inner.unary(request.into_request(), names).await
}
