//! The trait of error types that can be classified.

use super::{Classification, History};

/// Classifies an error type.
///
/// ```
/// use resilient_runtime::{Class, Classification, Classify, Rejection};
///
/// enum ApiError {
///     Status(u16),
///     Rejected(Rejection),
/// }
///
/// impl Classify for ApiError {
///     fn classify(&self) -> Classification {
///         match self {
///             Self::Status(status) => Classification::of_status(*status),
///             Self::Rejected(rejection) => rejection.classification(),
///         }
///     }
/// }
///
/// impl From<Rejection> for ApiError {
///     fn from(rejection: Rejection) -> Self {
///         Self::Rejected(rejection)
///     }
/// }
///
/// assert_eq!(ApiError::Status(503).classify().class, Class::Overloaded);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Classify`, so resilient cannot tell which of its failures are transient",
    label = "on a type of your own: `#[derive(Classify)]`",
    note = "for `anyhow::Error`, `reqwest::Error` and the errors of other clients: enable the feature of `resilient-runtime` with the name of the crate, such as `anyhow`",
    note = "for an error type of your own: `#[derive(Classify)]`, with a class above each variant, such as `#[classify(rate_limited)]`",
    note = "for any other type: name a function with `classify = …`, or wrap it in an error type of your own"
)]
pub trait Classify {
    /// The kind of failure, and the server's directions about a retry.
    fn classify(&self) -> Classification;

    /// Attaches the failed attempts of the call that gives up with this error, if the type can hold
    /// them. Called once, by the call. Does nothing by default.
    fn attach(&mut self, history: History) {
        let _ = history;
    }
}

/// Lets a body use `?` on an error that is already classified.
impl Classify for Classification {
    fn classify(&self) -> Classification {
        self.clone()
    }
}
