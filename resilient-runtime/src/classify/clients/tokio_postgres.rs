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
