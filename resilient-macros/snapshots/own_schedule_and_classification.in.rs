#[resilient(backoff = Steps::new(), classify = |error: &Error| classify(error), classify_ok = by_status)]
#[must_use]
pub(crate) async fn ask() -> Result<Response, Error> {
    send().await
}
