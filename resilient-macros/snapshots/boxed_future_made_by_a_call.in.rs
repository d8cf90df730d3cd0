#[resilient(attempts = 2)]
fn f<'a>(&'a self, id: String) -> BoxFuture<'a, Result<u8, Error>> {
    let client = self.client();
    if id.is_empty() {
        return Box::pin(ready(Ok(0)));
    }
    client.send(id).boxed()
}
