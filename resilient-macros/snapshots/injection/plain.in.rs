#[resilient]
async fn ping(url: String) -> Result<Vec<u8>, Error> {
    connect(url).await
}
