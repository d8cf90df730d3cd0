//! A response whose body is read in the attempt: `body = true` of the attribute.

#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
use crate::{
    Classification,
    http::{is_failure, read_failure_body},
};
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
use std::sync::Arc;

/// The failure of a response whose body was read; in its extensions.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
#[derive(Clone)]
pub(crate) struct Judged(pub(crate) Arc<Classification>);

/// A response whose body can be read into memory.
#[diagnostic::on_unimplemented(
    message = "`body = true` reads the body of a `reqwest::Response`, with the feature `reqwest` or `reqwest-012`, and not of `{Self}`",
    label = "its body cannot be read",
    note = "read the body in the function, and return what it holds: then the attempt includes it too"
)]
pub trait ReadBody: Sized {
    /// The error of reading.
    type Error;
    /// The response, with its body in memory. That of a failure is read as by `into_api_result`: up
    /// to 64 KiB and for at most 2 seconds, and if it breaks off, the part received is kept.
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

/// Both versions have the same methods, but no common trait.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
macro_rules! read_body {
    ($reqwest:ident) => {
        impl ReadBody for ::$reqwest::Response {
            type Error = ::$reqwest::Error;

            async fn read_body(mut self) -> Result<Self, Self::Error> {
                let mut body = Vec::new();
                if is_failure(self.status()) {
                    body = read_failure_body(&mut self).await;
                    let failure = Classification::from_answer(self.status(), self.headers(), &body);
                    self.extensions_mut().insert(Judged(Arc::new(failure)));
                } else {
                    while let Some(chunk) = self.chunk().await? {
                        body.extend_from_slice(&chunk);
                    }
                }
                // The URL is not among the parts.
                let builder = ::http::Response::builder();
                let builder = ::$reqwest::ResponseBuilderExt::url(builder, self.url().clone());
                let mut of_url = builder.body(()).unwrap_or_default();
                let (mut parts, _) = ::http::Response::<::$reqwest::Body>::from(self).into_parts();
                let extensions = std::mem::take(of_url.extensions_mut());
                parts.extensions.extend(extensions);
                Ok(::http::Response::from_parts(parts, body).into())
            }
        }
    };
}

#[cfg(feature = "reqwest-013")]
read_body!(reqwest);
#[cfg(feature = "reqwest-012")]
read_body!(reqwest_012);
