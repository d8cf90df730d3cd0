//! The errors of reqwest 0.13 and 0.12.

use crate::{
    Class, Classification, Classify, Processed,
    classify::{chain, connecting},
};
use std::error::Error;

/// Both versions have the same methods but one, and no common trait.
macro_rules! classify_reqwest {
    ($reqwest:ident, $is_dns:expr) => {
        /// Timeouts, failed connections and broken bodies are classified by reqwest's error and its
        /// sources; an error of `error_for_status` by its status alone, because headers and body
        /// are lost. If the body of the request fails, its error is classified.
        ///
        /// The URL, which may contain a key, is left out of the message.
        impl Classify for ::$reqwest::Error {
            fn classify(&self) -> Classification {
                let of = |class| Classification::new(class).message(&cause(self));
                if let Some(status) = self.status() {
                    Classification::of_status(status.as_u16())
                } else if self.is_timeout() && self.is_connect() {
                    // Nothing was sent.
                    of(Class::Timeout).processed(Processed::No)
                } else if self.is_timeout() {
                    of(Class::Timeout)
                } else if $is_dns(self) {
                    of(Class::Dns)
                } else if self.is_connect() {
                    connecting::failure(self)
                } else if self.is_builder() || self.is_redirect() {
                    of(Class::InvalidRequest)
                } else if let Some(exchange) = of_exchange(self) {
                    exchange
                } else if self.is_request() {
                    of(Class::Network)
                } else if self.is_decode() {
                    of(Class::Decode)
                } else if self.is_body() {
                    // The source of a body, in this process.
                    let own = self.source().map(chain::classify_chain);
                    own.unwrap_or_else(|| of(Class::Unknown))
                } else {
                    of(Class::Unknown)
                }
            }
        }
    };
}

#[cfg(feature = "reqwest-013")]
classify_reqwest!(reqwest, ::reqwest::Error::is_dns);
#[cfg(feature = "reqwest-012")]
classify_reqwest!(reqwest_012, is_lookup);

/// The innermost message is the most specific, and has no URL.
fn cause(error: &(dyn Error + 'static)) -> String {
    error
        .source()
        .map_or_else(|| "no cause given".to_owned(), chain::cause)
}

/// Reqwest 0.12 does not report it, but the resolver does.
#[cfg(feature = "reqwest-012")]
fn is_lookup(error: &(dyn Error + 'static)) -> bool {
    chain::chain(error)
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| error.classify().class == Class::Dns)
}

/// The classification by the error of hyper, also below one that is reported as of decoding: a
/// truncated body. A failure of a decoder has no such error.
fn of_exchange(error: &(dyn Error + 'static)) -> Option<Classification> {
    chain::chain(error)
        .find_map(|error| error.downcast_ref::<::hyper::Error>())
        .map(Classify::classify)
}
