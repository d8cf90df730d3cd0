//! The body of a failing response of reqwest 0.13 and 0.12.

pub(crate) use crate::http::form::LIMIT;

use ::bytes::Bytes;
use std::time::Duration;

/// The timeout for reading it.
pub(crate) const TIME: Duration = Duration::from_secs(2);

/// A response that is read chunk by chunk.
pub(crate) trait Chunks: Send {
    /// The next chunk; `None` at the end, and if the body breaks off.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>> + Send;
}

/// Reads the body of a failure: up to 64 KiB, and for at most 2 seconds. A body that never ends,
/// trickles or breaks off yields the part received, since the status says more than that.
pub(crate) async fn read_failure_body(response: &mut impl Chunks) -> Vec<u8> {
    let mut body = Vec::new();
    let read = async {
        while let Some(chunk) = response.next().await {
            let room = LIMIT.saturating_sub(body.len());
            body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
            if body.len() >= LIMIT {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(TIME, read).await;
    body
}

/// Both versions have the same methods, but no common trait.
macro_rules! chunks {
    ($reqwest:ident) => {
        impl Chunks for ::$reqwest::Response {
            async fn next(&mut self) -> Option<Bytes> {
                self.chunk().await.ok().flatten()
            }
        }
    };
}

#[cfg(feature = "reqwest-013")]
chunks!(reqwest);
#[cfg(feature = "reqwest-012")]
chunks!(reqwest_012);
