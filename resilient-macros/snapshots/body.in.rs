#[resilient(body = true, upstream = OPENAI)]
async fn fetch(url: String) -> Result<Response, Error> {
    get(url).await
}
