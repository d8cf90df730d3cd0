//! The history of a call in a type-erased error: how it is attached, and how it is read.

use crate::{History, Rejection, classify::walk};
use std::error::Error;
#[cfg(any(feature = "anyhow", feature = "eyre-06"))]
use std::fmt;

/// Reads the failed attempts of a call from a type-erased error.
///
/// `anyhow::Error` and `eyre::Report` hold the history as a context, so that `downcast_ref` still
/// finds the original error; their `{}` is the message and the number of attempts. A box holds it
/// where it contains a [`Rejection`], an `ApiError`, or a type that
/// [`register_error`](crate::register_error) knows; use [`CallError`](crate::CallError) around
/// other types.
///
/// ```
/// use resilient_runtime::{CallError, ErasedHistory as _, Rejection, resilient};
///
/// #[resilient(timeout = "1s", attempts = 1)]
/// async fn hang() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///     std::future::pending().await
/// }
///
/// # let mut builder = tokio::runtime::Builder::new_current_thread();
/// # builder.enable_time().start_paused(true).build().unwrap().block_on(async {
/// let error = hang().await.unwrap_err();
/// assert_eq!(error.history().unwrap().attempts.len(), 1);
/// # });
/// ```
pub trait ErasedHistory {
    /// The failed attempts of the outermost call that gave up with this error. `None` if no call
    /// did, or if the error cannot hold them.
    fn history(&self) -> Option<&History>;
}

macro_rules! in_chain {
    ($($error:ty),+) => {$(
        impl ErasedHistory for $error {
            fn history(&self) -> Option<&History> {
                in_chain(self)
            }
        }
    )+};
}

in_chain!(dyn Error + Send + Sync, dyn Error + Send, dyn Error);

fn in_chain<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e History> {
    walk::chain(error).find_map(|error| {
        #[cfg(feature = "http")]
        if let Some(error) = error.downcast_ref::<crate::ApiError>() {
            return Some(error.history());
        }
        #[cfg(feature = "tower")]
        if let Some(error) = error.downcast_ref::<crate::ServiceError>() {
            return Some(error.history());
        }
        error.downcast_ref::<Rejection>().map(Rejection::history)
    })
}

/// The context that holds a history.
#[cfg(any(feature = "anyhow", feature = "eyre-06"))]
#[derive(Debug)]
struct Attached {
    /// The message of the error, so that it is still the first one shown.
    message: String,
    history: History,
}

#[cfg(any(feature = "anyhow", feature = "eyre-06"))]
impl fmt::Display for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        // After one attempt there is nothing to add.
        if self.history.made() > 1 {
            write!(f, "; {}", self.history)?;
        }
        Ok(())
    }
}

#[cfg(any(feature = "anyhow", feature = "eyre-06"))]
macro_rules! reports {
    ($($(#[$cfg:meta])* $report:ty, $add_context:path;)+) => {$(
        $(#[$cfg])*
        impl ErasedHistory for $report {
            fn history(&self) -> Option<&History> {
                let attached = self.downcast_ref::<Attached>();
                attached.map(|attached| &attached.history).or_else(|| in_chain(self.as_ref()))
            }
        }

        $(#[$cfg])*
        impl Attach for $report {
            fn attach_history(&mut self, history: History) {
                #[cfg(feature = "http")]
                if let Some(error) = self.downcast_mut::<crate::ApiError>() {
                    return crate::Classify::attach(error, history);
                }
                let message = walk::text(self.as_ref());
                let error = std::mem::replace(self, <$report>::msg("moved"));
                *self = $add_context(error, Attached { message, history });
            }
        }
    )+};
}

/// Adds the history to the error in place.
#[cfg(any(feature = "anyhow", feature = "eyre-06"))]
pub(super) trait Attach {
    fn attach_history(&mut self, history: History);
}

#[cfg(any(feature = "anyhow", feature = "eyre-06"))]
reports! {
    #[cfg(feature = "anyhow")]
    ::anyhow::Error, ::anyhow::Error::context;
    #[cfg(feature = "eyre-06")]
    ::eyre::Report, ::eyre::Report::wrap_err;
}
