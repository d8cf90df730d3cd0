#[resilient]
async fn send<T: AsRef<str>>(self, token: Token, text: T, mut next: impl FnMut() -> u8, log: Option<&mut Vec<u8>>) -> Result<Reply, Error> {
    self.client.send(&token, text.as_ref(), next(), log).await
}
