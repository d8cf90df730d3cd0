#[resilient]
async fn poll(self: Pin<&mut Self>, mut other: Pin<&mut Other>) -> Result<(), Error> {
    self.project().run(other.as_mut()).await
}
