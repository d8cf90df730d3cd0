#[resilient]
async fn ask(
    self,
    (token, mut count, log): (Token, Count, &mut Vec<u8>),
    Json(page): Json<Page>,
    ids: impl Iterator<Item = u8>,
) -> Result<Reply, Error> {
    log.push(self.limit);
    send(&token, &mut count, page.len(), ids).await
}
