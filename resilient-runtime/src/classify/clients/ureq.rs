//! The errors of ureq.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection, classify::chain,
};
use ::ureq::{Error, Timeout};

/// A status error is classified by its status alone: to include headers and body, set
/// `http_status_as_error(false)` and classify the response.
impl Classify for Error {
    fn classify(&self) -> Classification {
        let of = |class| Classification::new(class).message(&chain::text(self));
        match self {
            Self::StatusCode(status) => Classification::of_status(*status),
            Self::Io(error) => error.classify(),
            Self::Other(error) => chain::classify_chain(&**error),
            // Nothing is sent before the connection is made.
            Self::Timeout(Timeout::Resolve | Timeout::Connect) => {
                of(Class::Timeout).processed(Processed::No)
            }
            Self::Timeout(_) => of(Class::Timeout),
            Self::HostNotFound => of(Class::Dns),
            Self::ConnectionFailed | Self::ConnectProxyFailed(_) | Self::Tls(_) => {
                of(Class::Connect)
            }
            Self::Protocol(_) => of(Class::Network),
            Self::LargeResponseHeader(..) => of(Class::Decode),
            // Their messages contain the URL.
            Self::BadUri(_) | Self::RequireHttpsOnly(_) => {
                Classification::new(Class::InvalidRequest).message("the URL cannot be used")
            }
            Self::Http(_)
            | Self::RedirectFailed
            | Self::TooManyRedirects
            | Self::InvalidProxyUrl
            | Self::BodyExceedsLimit(_)
            | Self::TlsRequired => of(Class::InvalidRequest),
            _ => of(Class::Unknown),
        }
    }
}

/// The variant `Other`, with the rejection.
impl FromRejection for Error {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::Other(Box::new(rejection))
    }
}
