//! [`ApiError`]: the ready-made error type for functions that call an API over HTTP.

#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
use crate::Processed;
use crate::{
    Classification, Classify, History, Redacted, Rejection,
    failure::Report,
    http::{
        curl::{Body, BodyNote, Sent, command, shortened, without_secrets},
        echo::Secrets,
    },
};
use ::http::{HeaderMap, Method, StatusCode};
use std::{error::Error, fmt};

mod from;

/// A failed call of an API over HTTP: an error response, no response, or a [`Rejection`], with the
/// failed attempts.
///
/// Use it as the error type of any annotated function that calls such an API. With the feature
/// `reqwest` or `reqwest-012`, `send_checked` and `into_api_result` create it from a response, and
/// `?` from an error of reqwest.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use resilient_runtime::{ApiError, Class};
///
/// let body = br#"{"error": {"message": "No such model", "code": "model_not_found"}}"#;
/// let error = ApiError::from_answer(StatusCode::NOT_FOUND, &HeaderMap::new(), body);
/// assert_eq!(error.failure().class, Class::NotFound);
/// assert_eq!(error.to_string(), "not_found (404): No such model");
/// ```
///
/// `Display` is one line; `{:#}` is a report with every attempt, details that help to find the
/// cause, and advice. Of the URL, the report and `Debug` show scheme, host and path, without the
/// query and with at most 80 characters of the path and 40 of each segment; [`curl`](Self::curl)
/// shows the rest. None of them shows the text of the [`source`](Error::source), which is another
/// crate's, nor a secret, as far as it [can be known](crate::guide::secrets).
pub struct ApiError(pub(super) Box<Inner>);

pub(super) struct Inner {
    pub(super) failure: Classification,
    pub(super) body: Option<Redacted>,
    method: Option<Method>,
    url: Option<Redacted>,
    sent: Option<Sent>,
    cause: Cause,
    history: History,
    #[cfg(feature = "status-page")]
    incident: Option<crate::Incident>,
}

pub(super) enum Cause {
    Answer,
    Transport(Box<dyn Error + Send + Sync>),
    Rejected(Rejection),
}

impl ApiError {
    /// An error response; see [`Classification::from_answer`].
    pub fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        Self::of_answer(Classification::from_answer(status, headers, body), body)
    }

    pub(super) fn of_answer(failure: Classification, body: &[u8]) -> Self {
        let mut error = Self::new(failure, Cause::Answer);
        // The excerpt shows a limited number of characters, of at most four bytes each.
        let text = String::from_utf8_lossy(body.get(..4 * Redacted::LIMIT).unwrap_or(body));
        error.0.body = (!text.is_empty()).then(|| Redacted::from(&*text));
        error
    }

    /// No response: the client's error. Its class is that of the first known error in its chain of
    /// sources.
    pub fn from_transport(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        #[cfg(feature = "reqwest-013")]
        let error = match error.downcast::<::reqwest::Error>() {
            Ok(error) => return Self::from(*error),
            Err(error) => error,
        };
        #[cfg(feature = "reqwest-012")]
        let error = match error.downcast::<::reqwest_012::Error>() {
            Ok(error) => return Self::from(*error),
            Err(error) => error,
        };
        Self::new(error.classify(), Cause::Transport(error))
    }

    /// Sets the method of the request.
    pub fn method(mut self, method: Method) -> Self {
        self.0.method = Some(method);
        self
    }

    /// Sets the URL of the request. User, password and the values of the query are blanked, and
    /// keys in the query also wherever the response echoes them.
    pub fn url(mut self, url: &str) -> Self {
        self.without_echoes(&Secrets::of_url(url));
        self.0.url = Some(without_secrets(url));
        self
    }

    /// Sets the headers and the body that were sent. It keeps the values of headers that never
    /// contain a secret. Of a JSON body it keeps at most 4096 characters, with secrets blanked by
    /// member, and of any other only size and type; leave it out if it is personal data. Other
    /// header values and secrets of the body are blanked wherever the response echoes them.
    pub fn sent(self, headers: &HeaderMap, body: Option<&[u8]>) -> Self {
        let body = body.map_or(Body::None, Body::Recorded);
        self.with_request(headers, body.note(headers))
    }

    pub(super) fn with_request(mut self, headers: &HeaderMap, body: BodyNote) -> Self {
        self.without_echoes(&Secrets::of_headers(headers));
        self.without_echoes(&body.secrets);
        self.0.sent = Some(Sent::new(headers, body));
        self
    }

    /// The classification of the failure.
    pub fn failure(&self) -> &Classification {
        &self.0.failure
    }

    /// The start of the response's body, redacted and in one line.
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_ref().map(Redacted::as_str)
    }

    /// The method and the URL, as far as known, without secrets.
    pub fn request(&self) -> Option<String> {
        self.request_with(str::to_owned)
    }

    fn request_with(&self, show: fn(&str) -> String) -> Option<String> {
        let Inner { method, url, .. } = &*self.0;
        let method = method.as_ref().map(|method| method.as_str().to_owned());
        let url = url.as_ref().map(|url| show(url.as_str()));
        let parts: Vec<_> = [method, url].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// A shell command that repeats the request, as far as it is known: with headers after
    /// `send_checked`, with headers and body after `record_body().send_checked()` or
    /// [`sent`](Self::sent). Secrets are blanked and have to be filled in, and so has a body that
    /// is not recorded.
    pub fn curl(&self) -> Option<String> {
        let Inner {
            method, url, sent, ..
        } = &*self.0;
        let method = method.as_ref().map(Method::as_str);
        Some(command(method, url.as_ref()?.as_str(), sent.as_ref()))
    }

    /// Advice for the developer; see [`Classification::help`].
    pub fn help(&self) -> &'static str {
        self.0.failure.help()
    }

    /// A polite sentence for an end user; see [`Classification::user_message`].
    pub fn user_message(&self) -> String {
        self.0.failure.user_message()
    }

    /// The rejection, if the call was rejected.
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.0.cause {
            Cause::Rejected(rejection) if !rejection.is_injected() => Some(rejection),
            _ => None,
        }
    }

    /// The failed attempts of the call; empty before the call has given up.
    pub fn history(&self) -> &History {
        self.rejection().map_or(&self.0.history, Rejection::history)
    }

    /// Adds an open incident from the status page, if any, to the report: a line of `{:#}` names
    /// it. See [`StatusPage`](crate::StatusPage): it takes at most its timeout, and does nothing if
    /// an incident cannot be the cause of the failure.
    #[cfg(feature = "status-page")]
    pub async fn with_incident(mut self, page: &crate::StatusPage) -> Self {
        self.0.incident = page.incident(&self.0.failure).await;
        self
    }

    /// The incident found by [`with_incident`](Self::with_incident).
    #[cfg(feature = "status-page")]
    pub fn incident(&self) -> Option<&crate::Incident> {
        self.0.incident.as_ref()
    }

    /// The request was redirected, so the first server may have processed it before the failure.
    #[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
    pub(super) fn after_redirect(mut self) -> Self {
        let processed = &mut self.0.failure.processed;
        if *processed == Processed::No {
            *processed = Processed::Maybe;
        }
        self
    }

    fn without_echoes(&mut self, secrets: &Secrets) {
        let Inner {
            failure, body, url, ..
        } = &mut *self.0;
        secrets.blank(failure, [body, url]);
    }

    pub(super) fn new(failure: Classification, cause: Cause) -> Self {
        Self(Box::new(Inner {
            failure,
            body: None,
            method: None,
            url: None,
            sent: None,
            cause,
            history: History::default(),
            #[cfg(feature = "status-page")]
            incident: None,
        }))
    }
}

impl Classify for ApiError {
    fn classify(&self) -> Classification {
        let failure = self.0.failure.clone();
        let retried = failure.retried || self.0.history.is_used_up();
        failure.retried(retried)
    }

    fn attach(&mut self, history: History) {
        self.0.history = history;
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = f.alternate().then(|| self.request_with(shortened));
        let request = request.flatten();
        #[cfg(feature = "status-page")]
        let incident = self.incident().map(ToString::to_string);
        #[cfg(not(feature = "status-page"))]
        let incident: Option<String> = None;
        let report = Report {
            failure: &self.0.failure,
            history: self.history(),
            incident: incident.as_deref(),
            request: request.as_deref(),
        };
        report.fmt(f)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("failure", &self.0.failure)
            .field("request", &self.request_with(shortened))
            .field("body", &self.0.body)
            .field("history", self.history())
            .finish()
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0.cause {
            Cause::Answer => None,
            Cause::Transport(error) => Some(&**error),
            Cause::Rejected(rejection) => Some(rejection),
        }
    }
}
