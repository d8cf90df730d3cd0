#[resilient]
async fn f(#[cfg(unix)] path: PathBuf, #[allow(unused_variables)] _x: u8, #[cfg(not(unix))] #[expect(unused)] (a, b): &mut (u8, u8)) -> Result<(), Error> {
    Ok(())
}
