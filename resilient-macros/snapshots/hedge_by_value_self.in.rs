#[resilient(hedge(after = "800ms"), by_ref(prompt))]
async fn ask(mut self, prompt: String) -> Result<Reply, Error> {
    self.send(&prompt).await
}
