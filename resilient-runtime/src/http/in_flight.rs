//! The request in flight when an attempt is cut: for the report of the timeout.

use crate::{
    ApiError, Redacted, ambient,
    http::curl::{BodyNote, Sent, without_secrets},
};
use ::http::{HeaderMap, Method};
use std::{cell::RefCell, sync::Arc};

thread_local! {
    /// The last request that was dropped before its response came.
    static CUT: RefCell<Option<Request>> = const { RefCell::new(None) };
}

/// A request as a report shows it.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Redacted,
    pub(super) sent: Sent,
}

/// The request of a client.
pub(super) trait Parts {
    fn method(&self) -> &Method;
    fn url(&self) -> &str;
    fn headers(&self) -> &HeaderMap;
    fn body(&self) -> BodyNote;
}

/// The copy of a request.
pub(super) struct Noted<R> {
    pub(super) request: R,
    /// Whether its body is recorded.
    pub(super) is_recorded: bool,
    /// Whether its body is a stream, which cannot be copied.
    pub(super) is_streamed: bool,
}

/// A request that its response keeps, for the errors of the response's body.
pub(super) type Kept = Arc<dyn Parts + Send + Sync>;

/// The part that is kept of a request with a large body, which is dropped.
pub(super) struct WithoutBody {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: BodyNote,
}

impl WithoutBody {
    pub(super) fn of(request: &impl Parts) -> Self {
        Self {
            method: request.method().clone(),
            url: request.url().to_owned(),
            headers: request.headers().clone(),
            body: request.body(),
        }
    }
}

impl Parts for WithoutBody {
    fn method(&self) -> &Method {
        &self.method
    }

    fn url(&self) -> &str {
        &self.url
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn body(&self) -> BodyNote {
        self.body.clone()
    }
}

impl<P: Parts + ?Sized> Parts for Arc<P> {
    fn method(&self) -> &Method {
        (**self).method()
    }

    fn url(&self) -> &str {
        (**self).url()
    }

    fn headers(&self) -> &HeaderMap {
        (**self).headers()
    }

    fn body(&self) -> BodyNote {
        (**self).body()
    }
}

/// The error with the request, whose secrets the answer may repeat.
pub(super) fn with_request(error: ApiError, sent: &impl Parts) -> ApiError {
    error
        .method(sent.method().clone())
        .url(sent.url())
        .with_request(sent.headers(), sent.body())
}

/// Held while a request is in flight. If it is dropped before [`done`](Self::done), the request is
/// kept for the failure that follows.
pub(super) struct InFlight<P: Parts> {
    pub(super) request: P,
    is_done: bool,
}

impl<P: Parts> InFlight<P> {
    pub(super) fn new(request: P) -> Self {
        Self {
            request,
            is_done: false,
        }
    }

    pub(super) fn done(&mut self) {
        self.is_done = true;
    }
}

impl<P: Parts> Drop for InFlight<P> {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let request = Request {
            method: self.request.method().clone(),
            url: without_secrets(self.request.url()),
            sent: Sent::new(self.request.headers(), self.request.body()),
        };
        // At the end of the thread there is no place for it.
        if CUT.try_with(|cut| cut.replace(Some(request))).is_ok() {
            ambient::cut_request();
        }
    }
}

/// The request that was cut with the attempt that has just been dropped, if there is one.
pub(super) fn take_cut() -> Option<Request> {
    if !ambient::has_cut_request() {
        return None;
    }
    CUT.try_with(RefCell::take).ok().flatten()
}
