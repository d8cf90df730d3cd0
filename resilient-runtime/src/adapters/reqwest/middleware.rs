//! The middleware for the versions of `reqwest-middleware`.

use super::{RequestSettings, ResilientMiddleware, kept_body::KeptBody};
use crate::{
    Classification,
    adapters::settings::make_attempts,
    call::{Answer as _, Judged, Plan},
    http::{FAILURE_BODY_LIMIT, FAILURE_BODY_TIME, is_failure, record_limits_of},
};
use ::bytes::Bytes;
use ::http::Extensions;
use std::{error::Error, fmt, pin::Pin, sync::Arc};

/// The configuration allows further attempts of a request that cannot be copied.
#[derive(Debug)]
struct Unrepeatable;

impl fmt::Display for Unrepeatable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request cannot be sent again: its body is a stream")
    }
}

impl Error for Unrepeatable {}

/// Both versions have the same items, but no common trait.
macro_rules! middleware {
    ($middleware:ident, $reqwest:ident) => {
        impl<U: 'static> ::$middleware::Middleware for ResilientMiddleware<::$reqwest::Request, U> {
            // As `async_trait` writes it.
            fn handle<'s, 'e, 'n, 'f>(
                &'s self,
                request: ::$reqwest::Request,
                extensions: &'e mut Extensions,
                next: ::$middleware::Next<'n>,
            ) -> Pin<
                Box<
                    dyn Future<Output = Result<::$reqwest::Response, ::$middleware::Error>>
                        + Send
                        + 'f,
                >,
            >
            where
                's: 'f,
                'e: 'f,
                'n: 'f,
                Self: 'f,
            {
                Box::pin(async move {
                    let copy = request.try_clone();
                    let own = extensions.get::<RequestSettings>();
                    let terms = self.settings.terms(&request, own, copy.is_some());
                    // The first attempt sends the copy, and the request itself is for the others.
                    let (mut sent, kept) = match copy {
                        Some(copy) => (Some(copy), Some(request)),
                        None => (Some(request), None),
                    };
                    make_attempts!(
                        terms,
                        Plan::new()
                            .classify_ok(|response: &::$reqwest::Response| { response.failure() }),
                        async {
                            let again = || kept.as_ref()?.try_clone();
                            let request = sent.take().or_else(again);
                            let request = request
                                .ok_or_else(|| ::$middleware::Error::middleware(Unrepeatable))?;
                            let response = next.clone().run(request, &mut *extensions).await?;
                            Ok::<_, ::$middleware::Error>(response.judged().await)
                        }
                    )
                })
            }
        }

        impl JudgedResponse for ::$reqwest::Response {
            async fn judged(mut self) -> Self {
                if !is_failure(self.status()) {
                    record_limits_of(self.headers());
                    return self;
                }
                let (mut start, mut error) = (Vec::new(), None);
                let read = async {
                    while start.len() < FAILURE_BODY_LIMIT {
                        match self.chunk().await {
                            Ok(Some(chunk)) => start.extend_from_slice(&chunk),
                            Ok(None) => break,
                            Err(broken) => {
                                error = Some(broken);
                                break;
                            }
                        }
                    }
                };
                let _ = tokio::time::timeout(FAILURE_BODY_TIME, read).await;
                let known = start.get(..FAILURE_BODY_LIMIT).unwrap_or(&start);
                let failure = Classification::from_answer(self.status(), self.headers(), known);
                self.extensions_mut().insert(Judged(Arc::new(failure)));
                // The URL is not among the parts.
                let builder = ::http::Response::builder();
                let builder = ::$reqwest::ResponseBuilderExt::url(builder, self.url().clone());
                let mut of_url = builder.body(()).unwrap_or_default();
                let response = ::http::Response::<::$reqwest::Body>::from(self);
                let (mut parts, rest) = response.into_parts();
                let extensions = std::mem::take(of_url.extensions_mut());
                parts.extensions.extend(extensions);
                let body = KeptBody::new(Bytes::from(start), error, rest);
                let body = ::$reqwest::Body::wrap(body);
                ::http::Response::from_parts(parts, body).into()
            }
        }
    };
}

/// A response that is classified by its body, if it is a failure.
trait JudgedResponse: Sized {
    /// The response, with its whole body.
    async fn judged(self) -> Self;
}

#[cfg(feature = "reqwest-middleware-05")]
middleware!(reqwest_middleware, reqwest);
#[cfg(feature = "reqwest-middleware-04")]
middleware!(reqwest_middleware_04, reqwest_012);
