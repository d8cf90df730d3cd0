#[resilient(deadline = "2m", fallback = cached)]
fn ask(&self, question: String) -> Result<String, Error> {
    self.agent.get(&question).call()?.body_mut().read_to_string()
}
