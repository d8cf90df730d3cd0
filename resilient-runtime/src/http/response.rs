//! Responses of reqwest 0.13 and 0.12: a success is returned unread; the body of a failure is read
//! within bounds.

use crate::http::{
    api_error::ApiError,
    curl::{Body, BodyNote},
    failure_body::read_failure_body,
    form,
    in_flight::{InFlight, Kept, Noted, Parts, WithoutBody, with_request},
    is_failure,
    read_checked::ReadChecked,
    record_body::RecordBody,
    record_limits_of,
};
use ::http::{HeaderMap, Method, StatusCode};
use serde_core::de::DeserializeOwned;
use std::sync::Arc;

/// Converts a failing response into an error, reading its body.
pub trait IntoApiResult: Sized {
    /// Returns a response below 400 with its body unread, and any other as an [`ApiError`]. Quotas
    /// in the headers of a success are reported to the [`Upstream`](crate::Upstream) of the
    /// enclosing attempt, if any.
    ///
    /// The body of a failure is read up to 64 KiB and for at most 2 seconds. The part received by
    /// then is used, so a body that never ends, trickles or breaks off still yields an error with
    /// its status. Dropping the future drops the response.
    ///
    /// ```no_run
    /// use resilient_runtime::{ApiError, IntoApiResult, resilient};
    ///
    /// #[resilient(attempts = 4, timeout = "30s")]
    /// async fn models(http: &reqwest::Client) -> Result<String, ApiError> {
    ///     let response = http.get("https://api.example.com/v1/models").send().await?;
    ///     Ok(response.into_api_result().await?.text().await?)
    /// }
    /// ```
    ///
    /// # Errors
    /// The failure that the response reports.
    fn into_api_result(self) -> impl Future<Output = Result<Self, ApiError>> + Send;
}

/// Sends a request and reads the response if it is a failure.
pub trait SendChecked {
    /// The client's response.
    type Response;

    /// Like `send` followed by [`into_api_result`](IntoApiResult::into_api_result), with an error
    /// that includes the request: [`ApiError::curl`] repeats it with its headers. Its body is not
    /// recorded, unless [`record_body`](Self::record_body) asks for it.
    ///
    /// ```no_run
    /// use resilient_runtime::{ApiError, SendChecked, resilient};
    ///
    /// #[resilient(attempts = 4, timeout = "30s")]
    /// async fn models(http: &reqwest::Client) -> Result<String, ApiError> {
    ///     let request = http.get("https://api.example.com/v1/models");
    ///     Ok(request.send_checked().await?.text().await?)
    /// }
    /// ```
    ///
    /// # Errors
    /// The request could not be built or sent, or its response reports a failure.
    fn send_checked(self) -> impl Future<Output = Result<Self::Response, ApiError>> + Send;

    /// Records the body of the request if it fails, for [`ApiError::curl`]; no other output shows
    /// it. Of JSON up to 64 KiB, at most 4096 characters are kept, with the members blanked whose
    /// names or values look like secrets. Of any other body, only size and type are kept.
    ///
    /// ```no_run
    /// # use resilient_runtime::{ApiError, SendChecked};
    /// # async fn order(http: &reqwest::Client) -> Result<(), ApiError> {
    /// let request = http.post("https://api.example.com/v1/orders").body(r#"{"item": 1}"#);
    /// request.record_body().send_checked().await?;
    /// # Ok(())
    /// # }
    /// ```
    fn record_body(self) -> RecordBody<Self>
    where
        Self: Sized,
    {
        RecordBody(self)
    }
}

/// Reads a body that is complete.
type Reader<T> = fn(StatusCode, &HeaderMap, &[u8]) -> Result<T, ApiError>;

trait ReadWhole {
    async fn read_whole<T>(self, read: Reader<T>) -> Result<T, ApiError>;
}

/// Both versions have the same methods, but no common trait.
macro_rules! read_reqwest {
    ($reqwest:ident) => {
        impl IntoApiResult for ::$reqwest::Response {
            async fn into_api_result(mut self) -> Result<Self, ApiError> {
                let status = self.status();
                if !is_failure(status) {
                    record_limits_of(self.headers());
                    return Ok(self);
                }
                let body = read_failure_body(&mut self).await;
                let error = ApiError::from_answer(status, self.headers(), &body);
                Err(error.url(self.url().as_str()))
            }
        }

        impl SendChecked for ::$reqwest::RequestBuilder {
            type Response = ::$reqwest::Response;

            async fn send_checked(self) -> Result<Self::Response, ApiError> {
                RecordBody(self).send(false).await
            }
        }

        impl SendChecked for RecordBody<::$reqwest::RequestBuilder> {
            type Response = ::$reqwest::Response;

            async fn send_checked(self) -> Result<Self::Response, ApiError> {
                self.send(true).await
            }
        }

        impl RecordBody<::$reqwest::RequestBuilder> {
            async fn send(self, is_recorded: bool) -> Result<::$reqwest::Response, ApiError> {
                let (client, request) = self.0.build_split();
                let request = request?;
                // The copy shares the bytes of the body. A stream cannot be copied.
                let sent = request.try_clone().unwrap_or_else(|| {
                    let (method, url) = (request.method().clone(), request.url().clone());
                    let mut copy = ::$reqwest::Request::new(method, url);
                    copy.headers_mut().clone_from(request.headers());
                    copy
                });
                let mut in_flight = InFlight::new(Arc::new(Noted {
                    is_streamed: request.body().is_some_and(|body| body.as_bytes().is_none()),
                    request: sent,
                    is_recorded,
                }));
                let (result, url) = match client.execute(request).await {
                    Ok(response) => {
                        let url = response.url().clone();
                        (response.into_api_result().await, Some(url))
                    }
                    Err(error) => {
                        let url = error.url().cloned();
                        (Err(error.into()), url)
                    }
                };
                in_flight.done();
                let sent = &in_flight.request;
                match result {
                    Ok(mut response) => {
                        // Most bodies are small, and share their bytes: looking for secrets in them
                        // is left until a failure asks for it.
                        let body = sent.request.body().and_then(::$reqwest::Body::as_bytes);
                        let kept: Kept = if body.is_none_or(|body| body.len() <= form::LIMIT) {
                            Arc::<Noted<_>>::clone(sent)
                        } else {
                            Arc::new(WithoutBody::of(sent))
                        };
                        response.extensions_mut().insert(kept);
                        Ok(response)
                    }
                    Err(error) => {
                        let error = match url {
                            Some(url) if url != *sent.request.url() => error.after_redirect(),
                            _ => error,
                        };
                        Err(with_request(error, sent))
                    }
                }
            }
        }

        impl ReadChecked for ::$reqwest::Response {
            async fn json_checked<T: DeserializeOwned>(self) -> Result<T, ApiError> {
                self.read_whole(ApiError::read_json).await
            }

            async fn text_checked(self) -> Result<String, ApiError> {
                self.read_whole(ApiError::read_text).await
            }
        }

        impl ReadWhole for ::$reqwest::Response {
            async fn read_whole<T>(mut self, read: Reader<T>) -> Result<T, ApiError> {
                let asked = self.extensions_mut().remove::<Kept>();
                // A timeout while the body is read includes the request.
                let mut in_flight = asked.map(InFlight::new);
                let result = match self.into_api_result().await {
                    Ok(response) => {
                        let (status, url) = (response.status(), response.url().clone());
                        let headers = response.headers().clone();
                        match response.bytes().await {
                            Ok(body) => read(status, &headers, &body)
                                .map_err(|error| error.url(url.as_str())),
                            Err(error) => Err(ApiError::from(error)),
                        }
                    }
                    Err(error) => Err(error),
                };
                let Some(in_flight) = &mut in_flight else {
                    return result;
                };
                in_flight.done();
                result.map_err(|error| with_request(error, &in_flight.request))
            }
        }

        impl Parts for Noted<::$reqwest::Request> {
            fn method(&self) -> &Method {
                self.request.method()
            }

            fn url(&self) -> &str {
                self.request.url().as_str()
            }

            fn headers(&self) -> &HeaderMap {
                self.request.headers()
            }

            fn body(&self) -> BodyNote {
                let body = self.request.body();
                let body = match body.and_then(::$reqwest::Body::as_bytes) {
                    Some(bytes) if self.is_recorded => Body::Recorded(bytes),
                    Some(bytes) => Body::LeftOut(bytes),
                    None if self.is_streamed => Body::Streamed,
                    None => Body::None,
                };
                body.note(self.headers())
            }
        }
    };
}

#[cfg(feature = "reqwest-013")]
read_reqwest!(reqwest);
#[cfg(feature = "reqwest-012")]
read_reqwest!(reqwest_012);
