//! An `ApiError` of a rejection or of an error of reqwest.

use super::{ApiError, Cause};
use crate::Rejection;
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
use crate::{Classify, http::curl::without_secrets};

/// A timeout of an attempt that was waiting for the response of `send_checked` includes that
/// request.
impl From<Rejection> for ApiError {
    fn from(rejection: Rejection) -> Self {
        #[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
        let cut = rejection
            .limit()
            .and_then(|_| crate::http::in_flight::take_cut());
        #[cfg_attr(
            not(any(feature = "reqwest-013", feature = "reqwest-012")),
            expect(unused_mut, reason = "only these clients tell their request")
        )]
        let mut error = Self::new(rejection.classification(), Cause::Rejected(rejection));
        #[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
        if let Some(cut) = cut {
            error.0.method = Some(cut.method);
            error.0.url = Some(cut.url);
            error.0.sent = Some(cut.sent);
        }
        error
    }
}

/// Both versions of reqwest have the same methods, but no common trait.
#[cfg(any(feature = "reqwest-013", feature = "reqwest-012"))]
macro_rules! from_reqwest {
    ($reqwest:ident) => {
        /// The URL is moved from the error, which would show its secrets, to the `ApiError`.
        impl From<::$reqwest::Error> for ApiError {
            fn from(error: ::$reqwest::Error) -> Self {
                let url = error.url().map(|url| without_secrets(url.as_str()));
                let failure = error.classify();
                let mut error = Self::new(failure, Cause::Transport(error.without_url().into()));
                error.0.url = url;
                error
            }
        }
    };
}

#[cfg(feature = "reqwest-013")]
from_reqwest!(reqwest);
#[cfg(feature = "reqwest-012")]
from_reqwest!(reqwest_012);
