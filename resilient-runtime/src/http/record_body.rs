//! A request whose body is recorded.

use std::fmt;

/// A request that records its body for [`ApiError::curl`](crate::ApiError::curl); see
/// [`SendChecked::record_body`](crate::SendChecked::record_body). `Debug` shows nothing of it.
#[must_use = "it is sent by `send_checked`"]
pub struct RecordBody<R>(pub(super) R);

impl<R> fmt::Debug for RecordBody<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordBody").finish_non_exhaustive()
    }
}
