#[resilient]
async fn ping() -> Result<(), Error> {
    connect().await?;
    Ok(())
}
