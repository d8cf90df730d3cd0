//! The errors of reqwest-middleware 0.5 and 0.4.

use crate::{Classification, Classify, FromRejection, History, Rejection};

/// Both versions have the same variants.
macro_rules! classify_middleware {
    ($middleware:ident) => {
        /// By the error of reqwest, or by the first known error that a middleware has raised. Only
        /// the latter can hold the history of a call.
        impl Classify for ::$middleware::Error {
            fn classify(&self) -> Classification {
                match self {
                    Self::Middleware(error) => error.classify(),
                    Self::Reqwest(error) => error.classify(),
                }
            }

            fn attach(&mut self, history: History) {
                if let Self::Middleware(error) = self {
                    error.attach(history);
                }
            }
        }

        /// The variant `Middleware`, with the rejection.
        impl FromRejection for ::$middleware::Error {
            fn from_rejection(rejection: Rejection) -> Self {
                Self::middleware(rejection)
            }
        }
    };
}

#[cfg(feature = "reqwest-middleware-05")]
classify_middleware!(reqwest_middleware);
#[cfg(feature = "reqwest-middleware-04")]
classify_middleware!(reqwest_middleware_04);
