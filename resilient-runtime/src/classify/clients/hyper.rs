//! The errors of hyper.

use crate::{Class, Classification, Classify, Processed, classify::chain};
use std::error::Error;

/// The classification of the connection's error, if it is the cause; a broken exchange, or one that
/// is not HTTP, is [`Class::Network`].
impl Classify for ::hyper::Error {
    fn classify(&self) -> Classification {
        let of = |class| Classification::new(class).message(&chain::cause(self));
        if self.is_timeout() {
            return of(Class::Timeout);
        }
        if let Some(cause) = self.source().and_then(chain::from_chain) {
            return cause;
        }
        if self.is_user() {
            of(Class::InvalidRequest)
        } else if self.is_canceled() {
            // The connection was closed before it took the request.
            of(Class::Network).processed(Processed::No)
        } else {
            of(Class::Network)
        }
    }
}
