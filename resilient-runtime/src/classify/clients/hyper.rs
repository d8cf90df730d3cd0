//! The errors of hyper.

use crate::{
    Class, Classification, Classify, Processed,
    classify::{chain, clients::http2},
};
use std::error::Error;

/// The classification of the connection's error, if it is the cause; a broken exchange is
/// [`Class::Network`], not processed if the request was not sent or was refused by HTTP/2; an
/// answer that is not HTTP is [`Class::CannotConnect`].
///
/// If the request's own body fails, its error is classified.
impl Classify for ::hyper::Error {
    fn classify(&self) -> Classification {
        let of = |class| Classification::new(class).message(&chain::cause(self));
        if self.is_timeout() {
            return of(Class::Timeout);
        }
        if self.is_user() {
            // A part of the body may have been sent, whatever its error says of itself.
            return self.source().map_or_else(
                || of(Class::InvalidRequest),
                |own| chain::classify_chain(own).processed(Processed::Maybe),
            );
        }
        if http2::is_not_processed(self) {
            return of(Class::Network).processed(Processed::No);
        }
        if self.is_parse() && chain::text(self).starts_with("invalid HTTP version parsed") {
            // Another protocol, such as an alert of TLS. It may have understood the request.
            return of(Class::CannotConnect).processed(Processed::Maybe);
        }
        match self.source().and_then(chain::from_chain) {
            // Invalid data of the connection, such as a damaged record of TLS, is no content.
            Some(cause) if !matches!(cause.class, Class::Decode | Class::Unknown) => cause,
            _ => of(Class::Network),
        }
    }
}
