//! The errors of reqwest 0.13 and 0.12.

use crate::{Class, Classification, Classify, Processed, classify::chain};
use std::{error::Error, io};

/// Both versions have the same methods but one, and no common trait.
macro_rules! classify_reqwest {
    ($reqwest:ident, $is_dns:expr) => {
        /// Timeouts, failed connections and broken bodies are classified by reqwest's error and its
        /// sources; an error of `error_for_status` by its status alone, because headers and body
        /// are lost.
        ///
        /// The URL, which may contain a key, is left out of the message.
        impl Classify for ::$reqwest::Error {
            fn classify(&self) -> Classification {
                if let Some(status) = self.status() {
                    return Classification::of_status(status.as_u16());
                }
                let class = if self.is_timeout() {
                    Class::Timeout
                } else if $is_dns(self) {
                    Class::Dns
                } else if self.is_connect() {
                    Class::Connect
                } else if self.is_builder() || self.is_redirect() {
                    Class::InvalidRequest
                } else if self.is_request() || self.is_body() || is_broken(self) {
                    Class::Network
                } else if self.is_decode() {
                    Class::Decode
                } else {
                    Class::Unknown
                };
                // The innermost message is the most specific, and has no URL.
                let message = self
                    .source()
                    .map_or_else(|| "no cause given".to_owned(), chain::cause);
                let classification = Classification::new(class).message(&message);
                // A connection timeout is a timeout, but nothing was sent.
                if self.is_connect() {
                    classification.processed(Processed::No)
                } else {
                    classification
                }
            }
        }
    };
}

#[cfg(feature = "reqwest-013")]
classify_reqwest!(reqwest, ::reqwest::Error::is_dns);
#[cfg(feature = "reqwest-012")]
classify_reqwest!(reqwest_012, is_lookup);

/// Reqwest 0.12 does not report it, but the resolver does.
#[cfg(feature = "reqwest-012")]
fn is_lookup(error: &(dyn Error + 'static)) -> bool {
    chain::chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.classify().class == Class::Dns)
}

/// Reqwest reports a truncated body as a decoding error; it differs by its cause, which is the
/// connection's error and not the decoder's.
fn is_broken(error: &(dyn Error + 'static)) -> bool {
    chain::chain(error).any(|error| error.is::<::hyper::Error>() || error.is::<io::Error>())
}
