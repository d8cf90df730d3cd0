//! A response whose body is read in the attempt: `body = true` of the attribute.

/// A response whose body can be read into memory.
#[diagnostic::on_unimplemented(
    message = "`body = true` reads the body of a `reqwest::Response`, with the feature `reqwest` or `reqwest-012`, and not of `{Self}`",
    label = "its body cannot be read",
    note = "read the body in the function, and return what it holds: then the attempt includes it too"
)]
pub trait ReadBody: Sized {
    /// What reading fails with.
    type Error;
    /// The response, with its body in memory. That of a failure may be a part of it: its status
    /// says more than that its body broke.
    fn read_body(self) -> impl Future<Output = Result<Self, Self::Error>> + Send;
}

/// The result of a body, with the body of its response in memory.
///
/// # Errors
/// That of the result, or the response broke off.
pub async fn read_body<R, E>(result: Result<R, E>) -> Result<R, E>
where
    R: ReadBody,
    E: From<R::Error>,
{
    Ok(result?.read_body().await?)
}
