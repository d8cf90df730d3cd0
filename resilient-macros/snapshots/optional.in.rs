#[resilient]
async fn send(
    ids: Option<impl IntoIterator<Item = u8>>,
    name: Option<impl Into<String>>,
    text: Option<impl AsRef<str>>,
    make: impl Fn() -> u8,
    next: impl FnMut() -> u8,
) -> Result<Reply, Error> {
    let mut call = next;
    request(ids, name, text, &make, call()).await
}
