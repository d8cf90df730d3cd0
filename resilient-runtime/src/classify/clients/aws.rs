//! The errors of the AWS SDK.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection, classify::chain,
};
use ::aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{ConnectorError, SdkError},
};
use ::aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use std::error::Error;

/// An error of the service is classified by status, headers and code; earlier failures by the
/// connector's error.
///
/// By default the SDK makes up to three requests; `RetryConfig::disabled()` limits it to one.
impl<E: ProvideErrorMetadata + Error + 'static> Classify for SdkError<E, HttpResponse> {
    fn classify(&self) -> Classification {
        let found = match self {
            Self::ConstructionFailure(_) => {
                Classification::new(Class::InvalidRequest).processed(Processed::No)
            }
            Self::TimeoutError(_) => Classification::new(Class::Timeout),
            Self::DispatchFailure(failure) => failure
                .as_connector_error()
                .map_or_else(|| Classification::new(Class::Network), Classify::classify),
            // An unreadable response: its status, if that is a failure.
            Self::ResponseError(error) => match of_answer(error.raw(), "") {
                known if known.class == Class::Unknown => Classification::new(Class::Decode),
                known => known,
            },
            Self::ServiceError(context) => {
                let (code, message) = (context.err().code(), context.err().message());
                let body = json!({ "__type": code, "message": message });
                of_answer(context.raw(), &body.to_string())
            }
            _ => Classification::new(Class::Unknown),
        };
        if found.message.is_some() || self.as_service_error().is_some() {
            return found;
        }
        found.message(&chain::cause(self))
    }
}

/// The classification by the connector's error; how far it came is not public.
impl Classify for ConnectorError {
    fn classify(&self) -> Classification {
        if let Some(cause) = self.source().and_then(chain::from_chain) {
            return cause;
        }
        let class = if self.is_timeout() {
            Class::Timeout
        } else if self.is_user() {
            Class::InvalidRequest
        } else if self.is_io() {
            Class::Network
        } else {
            Class::Unknown
        };
        Classification::new(class).message(&chain::cause(self))
    }
}

/// A failure of the dispatch, with the rejection as its source.
impl<E> FromRejection for SdkError<E, HttpResponse> {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::dispatch_failure(ConnectorError::other(Box::new(rejection), None))
    }
}

/// The body has been consumed, so the SDK's parsed values replace it.
fn of_answer(response: &HttpResponse, body: &str) -> Classification {
    let Ok(status) = StatusCode::from_u16(response.status().as_u16()) else {
        return Classification::new(Class::Unknown);
    };
    let headers = response.headers().iter().filter_map(|(name, value)| {
        Some((
            name.parse::<HeaderName>().ok()?,
            value.parse::<HeaderValue>().ok()?,
        ))
    });
    Classification::from_answer(status, &headers.collect::<HeaderMap>(), body.as_bytes())
}
