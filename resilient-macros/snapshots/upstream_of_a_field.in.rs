#[resilient(upstream = self.upstream, key = self.tenant, cost = estimate(&prompt), attempts = 3)]
async fn ask(&mut self, prompt: String) -> Result<Reply, Error> {
    self.send(prompt).await
}
