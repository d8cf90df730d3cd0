#[resilient(crate = api::resilient, context = attempt)]
fn ask(self, question: &str) -> impl Future<Output = Result<impl Display, Error>> {
    async move { self.send(question, attempt).await }
}
