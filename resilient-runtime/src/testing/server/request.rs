//! A request that reached the server.

use http::{HeaderMap, Method};
use std::time::Instant;

/// A request that a [`FaultyServer`](super::FaultyServer) has received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The query, without its `?`.
    pub query: Option<String>,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
    /// When its head arrived.
    pub time: Instant,
}

impl ReceivedRequest {
    pub(super) fn new(head: http::request::Parts, body: Vec<u8>, time: Instant) -> Self {
        Self {
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(ToOwned::to_owned),
            method: head.method,
            headers: head.headers,
            body,
            time,
        }
    }

    /// The first header of that name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
