#[resilient(policy = self.policy)]
async fn chat(&self, prompt: &str) -> Result<Reply, Error> {
    self.client.chat(prompt).await
}
