//! Reading the body of a success, which may report an error.

use crate::ApiError;
use serde_core::de::DeserializeOwned;

/// Reads the body of a response, which may report an error although its status is a success.
pub trait ReadChecked: Sized {
    /// Reads JSON, as [`ApiError::read_json`] does: a failure status, an error sent with a success
    /// and JSON that does not fit into `T` are an [`ApiError`] with status, request id and the
    /// start of the body. The body of a success is read to its end, however long it is.
    ///
    /// ```no_run
    /// use resilient_runtime::{ApiError, ReadChecked as _, SendChecked as _, resilient};
    ///
    /// #[resilient(attempts = 4, timeout = "30s")]
    /// async fn models(http: &reqwest::Client) -> Result<Vec<String>, ApiError> {
    ///     let request = http.get("https://api.example.com/v1/models");
    ///     request.send_checked().await?.json_checked().await
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of [`ApiError::read_json`], and [`Class::Network`](crate::Class::Network) for a body
    /// that breaks off. After `send_checked`, the error includes the request.
    fn json_checked<T: DeserializeOwned>(self) -> impl Future<Output = Result<T, ApiError>> + Send;

    /// Reads text, as [`ApiError::read_text`] does.
    ///
    /// # Errors
    /// Those of [`ApiError::read_text`], and [`Class::Network`](crate::Class::Network) for a body
    /// that breaks off.
    fn text_checked(self) -> impl Future<Output = Result<String, ApiError>> + Send;
}
