//! The errors of octocrab.

use crate::{Class, Classification, Classify, FromRejection, Rejection, classify::chain};
use ::octocrab::{Error, GitHubError};
use serde_json::json;
use snafu::GenerateImplicitData as _;
use std::error::Error as _;

/// A response of GitHub is classified by status, headers and message; other failures by the
/// transport's error.
///
/// By default the client makes up to three more requests on failures that it considers transient;
/// `add_retry_config(RetryConfig::None)` limits it to one.
impl Classify for Error {
    fn classify(&self) -> Classification {
        match self {
            Self::GitHub { source, .. } => of_answer(source),
            Self::Json { source, .. } => said(Class::Decode, source.inner()),
            Self::Serde { source, .. } => said(Class::Decode, source),
            Self::InvalidUtf8 { source, .. } => said(Class::Decode, source),
            Self::Service { source, .. } | Self::Other { source, .. } => {
                chain::classify_chain(&**source)
            }
            Self::UriParse { .. }
            | Self::Uri { .. }
            | Self::InvalidHeaderValue { .. }
            | Self::Http { .. }
            | Self::SerdeUrlEncoded { .. } => Classification::new(Class::InvalidRequest),
            // The `Display` of some variants contains a backtrace, so their source is shown.
            other => other.source().map_or_else(
                || Classification::new(Class::Unknown),
                chain::classify_chain,
            ),
        }
    }
}

/// The variant `Service`, with the rejection, as for a timeout of a layer under the client.
impl FromRejection for Error {
    fn from_rejection(rejection: Rejection) -> Self {
        Self::Service {
            source: Box::new(rejection),
            backtrace: snafu::Backtrace::generate(),
        }
    }
}

fn said(class: Class, message: &dyn std::fmt::Display) -> Classification {
    Classification::new(class).message(&message.to_string())
}

fn of_answer(error: &GitHubError) -> Classification {
    let headers = error.headers.clone().unwrap_or_default();
    let body = json!({ "message": error.message });
    Classification::from_answer(error.status_code, &headers, body.to_string().as_bytes())
}
