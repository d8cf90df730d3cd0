//! The errors of hyper-util's client.

use crate::{
    Class, Classification, Classify,
    classify::{chain, connecting},
};
use ::hyper_util::client::legacy;
use std::error::Error;

/// A failed connection is [`Class::Connect`], [`Class::CannotConnect`], [`Class::Dns`] or
/// [`Class::Timeout`] by its cause, and never processed; other errors are classified like hyper's.
/// An error without a cause is misuse: a relative URI, or a method or version that HTTP/1 does not
/// have.
impl Classify for legacy::Error {
    fn classify(&self) -> Classification {
        if self.is_connect() {
            return connecting::failure(self);
        }
        let cause = self.source().and_then(chain::from_chain);
        cause.unwrap_or_else(|| {
            Classification::new(Class::InvalidRequest).message(&chain::text(self))
        })
    }
}
