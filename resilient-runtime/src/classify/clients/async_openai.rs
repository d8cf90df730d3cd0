//! Stage classify: the errors of async-openai.

use crate::{Class, Classification, Classify, classify::chain};
use ::async_openai::error::OpenAIError;
use ::http::HeaderMap;
use serde_json::json;

/// The API's error by status and code; what came before an answer as its client says; a stream that failed is
/// [`Class::StreamBroken`].
///
/// By itself the client makes up to three more requests on 429, 5xx and failed connections, on a schedule of its own
/// that no attempt count sees, keeps no headers, so that the wait a server asks for is not known, and drops the
/// status of a 4xx whose body is not the API's JSON ([`Class::Decode`]). A service of one's own makes one request and
/// loses nothing:
///
/// ```
/// use async_openai::{Client, config::OpenAIConfig, error::OpenAIError, middleware::HttpRequestFactory};
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
/// [`ReqwestService`](::async_openai::middleware::ReqwestService) alone also makes one request, without `tower`.
impl Classify for OpenAIError {
    fn classify(&self) -> Classification {
        match self {
            Self::Reqwest(error) => error.classify(),
            Self::Boxed(error) => chain::classify_chain(&**error),
            Self::ApiError(answer) => {
                let api = &answer.api_error;
                // Of a failure in the 5xx it hands on the body as it came, as the message.
                let body = if answer.status_code.is_server_error() {
                    api.message.clone()
                } else {
                    json!({ "error": api }).to_string()
                };
                Classification::from_answer(answer.status_code, &HeaderMap::new(), body.as_bytes())
            }
            Self::JSONDeserialize(error, _) => said(Class::Decode, &error.to_string()),
            Self::StreamError(error) => said(Class::StreamBroken, &error.to_string()),
            Self::InvalidArgument(text) => said(Class::InvalidRequest, text),
            other => said(Class::Unknown, &other.to_string()),
        }
    }
}

fn said(class: Class, message: &str) -> Classification {
    Classification::new(class).message(message)
}
