#[resilient(hedge(after = "1s"), policy = settings.policy)]
async fn send(self, token: Token, settings: Settings) -> Result<Reply, Error> {
    self.client.send(&token, settings.url()).await
}
