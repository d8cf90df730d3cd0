#[resilient(hedge(after = "p95"))]
async fn ask<T: Decode>(&self, question: &str) -> Result<T, Error> {
    self.send(question).await
}
