#[resilient(by_ref(self, body))]
async fn f(self: Arc<Self>, body: Body, id: u64) -> Result<(), Error> {
    self.send(&body, id).await
}
