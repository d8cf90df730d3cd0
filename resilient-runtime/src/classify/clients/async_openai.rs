//! The errors of async-openai.

use crate::{Class, Classification, Classify, FromRejection, Rejection, classify::chain, sse};
use ::async_openai::error::{OpenAIError, StreamError};
use ::http::HeaderMap;
use serde_json::json;

/// An error of the API is classified by status and code; earlier failures by the client's error. In
/// a stream, a connection that breaks is [`Class::Network`], and an event that is an error, which
/// the client cannot deserialize, is classified like an error response.
///
/// By default the client makes up to three more requests on 429, 5xx and failed connections, on its
/// own schedule and invisible to attempt counts. It discards headers, so that the wait that a
/// server asks for is unknown, and the status of a 4xx whose body is not the API's JSON
/// ([`Class::Decode`]). A custom service makes a single request and keeps everything:
///
/// ```
/// use async_openai::{
///     Client, config::OpenAIConfig, error::OpenAIError, middleware::HttpRequestFactory,
/// };
/// use resilient_runtime::IntoApiResult;
///
/// fn client(config: OpenAIConfig, http: reqwest::Client) -> Client<OpenAIConfig> {
///     let one_request = move |request: HttpRequestFactory| {
///         let http = http.clone();
///         async move {
///             let response = http.execute(request.build().await?).await?;
///             let response = response.into_api_result().await;
///             response.map_err(|failure| OpenAIError::Boxed(failure.into()))
///         }
///     };
///     Client::with_config(config).with_http_service(tower::service_fn(one_request))
/// }
/// ```
///
/// [`ReqwestService`](::async_openai::middleware::ReqwestService) alone also makes one request,
/// without `tower`.
impl Classify for OpenAIError {
    fn classify(&self) -> Classification {
        match self {
            Self::Reqwest(error) => error.classify(),
            Self::Boxed(error) => chain::classify_chain(&**error),
            Self::ApiError(answer) => {
                let api = &answer.api_error;
                // For a 5xx, it passes on the raw body as the message.
                let body = if answer.status_code.is_server_error() {
                    api.message.clone()
                } else {
                    json!({ "error": api }).to_string()
                };
                Classification::from_answer(answer.status_code, &HeaderMap::new(), body.as_bytes())
            }
            // Also the data of an event: an error of the server is no part of the answer.
            Self::JSONDeserialize(error, data) => {
                sse::failure_of(data).unwrap_or_else(|| said(Class::Decode, &error.to_string()))
            }
            Self::StreamError(error) => match &**error {
                StreamError::UnknownEvent(event) => sse::failure_of(&event.data)
                    .unwrap_or_else(|| said(Class::Decode, &error.to_string())),
                StreamError::EventStream(text) => said(class_of_stream(text), &error.to_string()),
            },
            Self::InvalidArgument(text) => said(Class::InvalidRequest, text),
            other => said(Class::Unknown, &other.to_string()),
        }
    }
}

/// The client keeps only the text of what its parser of events says.
fn class_of_stream(text: &str) -> Class {
    let kinds = [
        ("Transport error", Class::Network),
        ("UTF8 error", Class::Decode),
        ("Parse error", Class::Decode),
    ];
    let kind = kinds.iter().find(|(start, _)| text.starts_with(start));
    kind.map_or(Class::StreamBroken, |(_, class)| *class)
}

/// The variant `Boxed`, with the rejection.
impl FromRejection for OpenAIError {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::Boxed(Box::new(rejection))
    }
}

fn said(class: Class, message: &str) -> Classification {
    Classification::new(class).message(message)
}
