//! The errors of ureq.

use crate::{
    Class, Classification, Classify, FromRejection, Processed, Rejection,
    classify::{chain, connecting},
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
            Self::ConnectionFailed => of(Class::Connect),
            Self::ConnectProxyFailed(text) => of(of_proxy(text)),
            Self::Tls(_) | Self::InvalidProxyUrl => of(Class::CannotConnect),
            Self::Protocol(_) => of_protocol(&chain::text(self)),
            Self::LargeResponseHeader(..) => of(Class::Decode),
            // Their messages contain the URL.
            Self::BadUri(_) | Self::RequireHttpsOnly(_) => {
                Classification::new(Class::InvalidRequest).message("the URL cannot be used")
            }
            Self::Http(_)
            | Self::RedirectFailed
            | Self::TooManyRedirects
            | Self::BodyExceedsLimit(_)
            | Self::TlsRequired => of(Class::InvalidRequest),
            // The errors of JSON and TLS exist only in some builds of ureq.
            other => match chain::text(other) {
                text if text.starts_with("json: ") => of(Class::Decode),
                text if connecting::is_final(&text) => of(Class::CannotConnect),
                text if text.starts_with("rustls: ") || text.starts_with("native-tls: ") => {
                    of(Class::Connect)
                }
                _ => of(Class::Unknown),
            },
        }
    }
}

/// "proxy server responded 407/407": by its status, a later attempt may be answered otherwise.
fn of_proxy(text: &str) -> Class {
    let status = text.strip_prefix("proxy server responded ");
    let status = status.and_then(|text| text.split('/').next()?.parse().ok());
    match status.map(Class::from_status) {
        Some(class) if !class.is_retried_by_default() => Class::CannotConnect,
        _ => Class::Connect,
    }
}

/// As for hyper's errors: an answer of another protocol, which may have understood the request.
fn of_protocol(text: &str) -> Classification {
    if text.ends_with("http parse fail: invalid HTTP version") {
        Classification::new(Class::CannotConnect).processed(Processed::Maybe)
    } else {
        Classification::new(Class::Network)
    }
    .message(text)
}

/// The variant `Other`, with the rejection.
impl FromRejection for Error {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::Other(Box::new(rejection))
    }
}
