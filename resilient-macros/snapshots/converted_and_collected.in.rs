#[resilient]
async fn send<I>(name: impl Into<String> + Send, ids: I, other: impl Into<String> + AsRef<str>) -> Result<Reply, Error>
where
    I: IntoIterator<Item = u8>,
    I::IntoIter: Send,
{
    request(name.into(), ids).await
}
