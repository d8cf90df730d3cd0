//! The bodies of responses of reqwest 0.13 and 0.12, read into memory.

use crate::{
    call::ReadBody,
    http::{form::LIMIT, is_failure},
};

/// Both versions have the same methods, but no common trait.
macro_rules! read_body {
    ($reqwest:ident) => {
        impl ReadBody for ::$reqwest::Response {
            type Error = ::$reqwest::Error;

            async fn read_body(mut self) -> Result<Self, Self::Error> {
                let is_failure = is_failure(self.status());
                let mut body = Vec::new();
                loop {
                    match self.chunk().await {
                        Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                        Ok(None) => break,
                        Err(_) if is_failure => break,
                        Err(error) => return Err(error),
                    }
                    if is_failure && body.len() >= LIMIT {
                        break;
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
