#[resilient(crate = crate::reexport::rt, timeout = LIMIT)]
async fn f() -> Result<(), Error> { send().await }
