//! The errors of tokio-postgres.

use crate::{
    Class, Classification, Classify,
    classify::{chain, clients::sqlstate, connecting},
};
use ::tokio_postgres::Error;
use std::error::Error as _;

/// Classified by the SQLSTATE, if the server sent one; else by the connection's error. The message
/// is the server's short one: detail and hint may contain values.
impl Classify for Error {
    fn classify(&self) -> Classification {
        if let Some(error) = self.as_db_error() {
            let code = error.code().code();
            return sqlstate::of(code).code(code).message(error.message());
        }
        // Its kind is not public, only its text.
        let text = chain::text(self);
        if CONNECTING.iter().any(|start| text.starts_with(start)) {
            return connecting::failure(self);
        }
        if let Some((_, class)) = TEXTS.iter().find(|(start, _)| text.starts_with(start)) {
            return Classification::new(*class).message(&text);
        }
        if let Some(cause) = self.source().and_then(chain::from_chain) {
            return cause;
        }
        let class = if self.is_closed() {
            Class::Network
        } else {
            Class::Unknown
        };
        Classification::new(class).message(&text)
    }
}

/// How the errors of setting up a connection begin.
const CONNECTING: [&str; 2] = [
    "error connecting to server",
    "error performing TLS handshake",
];

/// How the other errors of this side begin.
const TEXTS: [(&str, Class); 11] = [
    ("error serializing parameter", Class::InvalidRequest),
    ("error encoding message", Class::InvalidRequest),
    ("expected ", Class::InvalidRequest),
    ("invalid connection string", Class::InvalidRequest),
    ("invalid configuration", Class::InvalidRequest),
    ("error deserializing column", Class::Decode),
    ("invalid column", Class::Decode),
    ("query returned an unexpected number of", Class::Decode),
    ("unexpected message from server", Class::Network),
    ("authentication error", Class::Authentication),
    ("timeout waiting for server", Class::Timeout),
];
