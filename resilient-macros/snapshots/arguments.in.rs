#[resilient(attempts = 3)]
async fn chat(&mut self, prompt: String, mut n: u32, buf: &mut Vec<u8>, model: &str, mut rest: &[u8], _: u8) -> Result<Reply, Error> {
    buf.push(1);
    self.send(model, prompt).await
}
