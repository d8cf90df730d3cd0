#[resilient(atempts = 3, timeout = 5, timeout = "1s" backoff(factor = 0.5, inital = "1s"), on(ratelimited))]
/// Docs.
async fn f(#[cfg(unix)] a: u8, (b, c): (u8, u8)) -> Result<(), Error> {
    Ok(())
}
