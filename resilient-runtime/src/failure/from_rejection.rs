//! The errors of resilient functions: those that can hold a [`Rejection`].

use crate::Rejection;

/// An error that can hold a [`Rejection`], as that of a resilient function has to.
///
/// Implemented for every error that is `From<Rejection>`, such as `anyhow::Error` and boxed errors,
/// and with the feature of their crate for the errors of tonic (`Status`), sqlx, redis, ureq,
/// octocrab, async-openai and the AWS SDK. `#[derive(Classify)]` implements it by the variant with
/// `#[classify(rejection)]`.
///
/// The errors of reqwest, hyper, tokio-postgres and tonic's transport have no public constructor.
/// Functions that return them return [`CallError`](crate::CallError) around them instead, to which
/// `?` converts, or an enum with a variant for them:
///
/// ```
/// use resilient_runtime::{Classify, Rejection};
///
/// # mod reqwest { pub(crate) type Error = std::io::Error; }
/// #[derive(Classify)]
/// enum Error {
///     #[classify(delegate)]
///     Http(reqwest::Error),
///     #[classify(rejection)]
///     Rejected(Rejection),
/// }
/// ```
///
/// An error type needs no `From<Rejection>`: where it has a single `From` so far, a second one
/// would leave the compiler a choice, and code that has `?` infer the type would not compile.
///
/// ```
/// use resilient_runtime::{Class, Classification, Classify, FromRejection, Rejection};
///
/// enum Failure {
///     Busy,
///     Rejected(Rejection),
/// }
///
/// impl FromRejection for Failure {
///     fn from_rejection(rejection: Rejection) -> Self {
///         Self::Rejected(rejection)
///     }
/// }
///
/// impl Classify for Failure {
///     fn classify(&self) -> Classification {
///         match self {
///             Self::Busy => Class::Overloaded.into(),
///             Self::Rejected(rejection) => rejection.classification(),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "return `Result<_, CallError<{Self}>>` or `ApiError`: `{Self}` cannot hold the failures that resilient raises itself, such as a timeout",
    label = "cannot hold a `Rejection`; on a type of your own: `#[derive(Classify)]` with a variant for `Rejection`",
    note = "for an error type of another crate: return `Result<_, CallError<{Self}>>`, to which `?` converts, `ApiError`, which holds the answer of the server, or `anyhow::Error`",
    note = "for an error type of your own: add a variant `#[classify(rejection)] Rejected(Rejection)` and `#[derive(Classify)]`, with `#[classify(delegate)]` on variants for other errors, or implement `resilient_runtime::FromRejection`"
)]
pub trait FromRejection {
    /// The error for this rejection.
    fn from_rejection(rejection: Rejection) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Rejection>> FromRejection for E {
    fn from_rejection(rejection: Rejection) -> Self {
        rejection.into()
    }
}
