//! A request whose body is recorded.

/// A request that records its body for [`ApiError::curl`](crate::ApiError::curl); see
/// [`SendChecked::record_body`](crate::SendChecked::record_body).
#[derive(Debug)]
#[must_use = "it is sent by `send_checked`"]
pub struct RecordBody<R>(pub(super) R);
