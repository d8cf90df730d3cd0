//! The errors of tokio-postgres.

use crate::{
    Class, Classification, Classify, Processed,
    classify::{chain, clients::sqlstate},
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
        if let Some(cause) = self.source().and_then(chain::from_chain) {
            // Its kind is not public, only its text.
            let is_connecting = chain::text(self).starts_with("error connecting to server");
            return if is_connecting {
                cause.processed(Processed::No)
            } else {
                cause
            };
        }
        let class = if self.is_closed() {
            Class::Network
        } else {
            Class::Unknown
        };
        Classification::new(class).message(&chain::text(self))
    }
}
