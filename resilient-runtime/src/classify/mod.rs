//! Classification: from the error of an attempt to a [`Classification`].

mod call_error;
mod chain;
mod clients;
pub(crate) mod field;
mod io;
mod register;

pub use call_error::CallError;
pub use register::register_error;

use crate::{Classification, History};

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
    message = "resilient cannot tell what kind of failure `{Self}` is",
    label = "this error type does not implement `Classify`",
    note = "implement `resilient_runtime::Classify` for `{Self}`, or name a function with `classify = …`",
    note = "an error type of another crate needs one of your own around it; the features `reqwest` and `anyhow` bring the implementations for those crates"
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
