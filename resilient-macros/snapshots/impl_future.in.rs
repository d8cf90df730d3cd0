#[resilient]
fn f(&self, id: u64) -> impl Future<Output = Result<impl Display, Error>> + Send {
    async move { self.send(id).await }
}
