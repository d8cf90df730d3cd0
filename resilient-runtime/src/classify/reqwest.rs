//! Stage classify: the errors of reqwest.

use super::{Classification, Classify, Processed, boxed};
use crate::Class;
use std::{error::Error, io};

/// Timeouts, failed connections and broken bodies by what reqwest and its sources say; an error of
/// `error_for_status` by its status alone, since headers and body are lost by then.
///
/// The URL, which may hold a key, is left out of the message.
impl Classify for ::reqwest::Error {
    fn classify(&self) -> Classification {
        if let Some(status) = self.status() {
            return Classification::of_status(status.as_u16());
        }
        let classification = Classification::new(class_of(self)).message(&cause(self));
        // A connection that took too long to be made is a timeout, but nothing was sent.
        if self.is_connect() {
            classification.processed(Processed::No)
        } else {
            classification
        }
    }
}

fn class_of(error: &::reqwest::Error) -> Class {
    if error.is_timeout() {
        Class::Timeout
    } else if error.is_dns() {
        Class::Dns
    } else if error.is_connect() {
        Class::Connect
    } else if error.is_builder() || error.is_redirect() {
        Class::InvalidRequest
    } else if error.is_request() || error.is_body() || is_broken(error) {
        Class::Network
    } else if error.is_decode() {
        Class::Decode
    } else {
        Class::Unknown
    }
}

/// reqwest calls a body that broke off a decoding error too; what tells it apart is that the cause is the
/// connection's and not the decoder's.
fn is_broken(error: &(dyn Error + 'static)) -> bool {
    boxed::chain(error).any(|error| error.is::<::hyper::Error>() || error.is::<io::Error>())
}

/// The innermost message: it says most, and none of the URL.
fn cause(error: &(dyn Error + 'static)) -> String {
    boxed::chain(error)
        .skip(1)
        .last()
        .map_or_else(|| "no cause given".to_owned(), ToString::to_string)
}
