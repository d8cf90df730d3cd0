#[resilient]
async fn consume(self, buf: &mut Vec<u8>, other: &str, prompt: String) -> Result<(), Error> {
    finish(self, buf, other, prompt).await
}
