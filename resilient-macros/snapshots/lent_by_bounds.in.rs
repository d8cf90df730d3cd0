#[resilient]
async fn send<T>(client: &Client, cache: impl Cache + Send, text: T) -> Result<Reply, Error>
where
    T: Text<Unit = char>,
{
    client.send(cache, text).await
}
