//! The body of a response as chunks, and the head, for its failures.

use crate::{
    ApiError, Class, Classification,
    http::{
        api_error::Cause,
        headers::Headers,
        in_flight::{Kept, with_request},
    },
};
use ::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use http_body::Body;
use serde_json::json;
use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll, ready},
    time::SystemTime,
};

/// The head of a response.
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) url: String,
    /// The request, whose secrets the events may repeat.
    pub(super) asked: Option<Kept>,
}

impl Head {
    /// The failure that a body describes.
    pub(super) fn answer(&self, body: &[u8]) -> ApiError {
        self.finish(ApiError::from_answer(self.status, &self.headers, body))
    }

    /// The failure that data describes, which is an error by its place, whatever it says. `error`
    /// is the body of an error response that means the same.
    pub(super) fn failed(&self, data: &[u8], error: &str) -> ApiError {
        let mut answer = ApiError::from_answer(self.status, &self.headers, data);
        // Text alone is read like the same text as the error of a JSON object.
        let has_form = error.trim_start().starts_with(['{', '[', '<']);
        let object = (!has_form).then(|| json!({ "error": error.trim() }).to_string());
        let error = object.as_deref().unwrap_or(error).as_bytes();
        let (status, now) = (self.status, SystemTime::now());
        answer.0.failure = Classification::of_answer(status, &self.headers, error, now, true);
        self.finish(answer)
    }

    /// A body that cannot be read as it should.
    pub(super) fn decode(&self, body: &[u8], error: Box<dyn Error + Send + Sync>) -> ApiError {
        let failure = Classification::new(Class::Decode).message(&error.to_string());
        let mut decode = ApiError::new(failure, Cause::Transport(error));
        decode.0.body = self.answer(body).0.body.take();
        self.broken(decode)
    }

    /// A failure after the head.
    pub(super) fn broken(&self, mut error: ApiError) -> ApiError {
        let failure = &mut error.0.failure;
        failure.status = Some(self.status.as_u16());
        failure.request_id = Headers::read(&self.headers).request_id(None);
        self.finish(error)
    }

    /// The failure with its URL and the request.
    fn finish(&self, error: ApiError) -> ApiError {
        let error = error.url(&self.url);
        match &self.asked {
            Some(asked) => with_request(error, asked),
            None => error,
        }
    }
}

/// The body of any version of reqwest.
pub(super) trait Source: Send + Sync {
    /// The next bytes, which may be none.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ApiError>>>;
}

impl<B> Source for B
where
    B: Body<Data = Bytes, Error: Into<ApiError>> + Send + Sync + Unpin,
{
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ApiError>>> {
        let frame = ready!(Pin::new(self).poll_frame(cx));
        Poll::Ready(frame.map(|frame| match frame {
            // Trailers are no part of the events.
            Ok(frame) => Ok(frame.into_data().unwrap_or_default()),
            Err(error) => Err(error.into()),
        }))
    }
}
