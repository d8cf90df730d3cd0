//! Failures over HTTP/2 that are known not to be processed ([RFC 9113, section
//! 8.7](https://www.rfc-editor.org/rfc/rfc9113#section-8.7)).
//!
//! h2 is a dependency of hyper only with its feature `http2`, which this crate does not switch on
//! for others, so its errors are known by their texts. Tests compare them with those of the real
//! h2.

use crate::classify::walk;
use std::error::Error;

/// hyper's error before an answer has begun; one within an answer has another text.
const OF_HYPER: &str = "http2 error";
/// hyper's error for a request that it has not sent.
const NOT_SENT: &str = "operation was canceled";
/// `RST_STREAM` with `REFUSED_STREAM`.
const REFUSED: &str =
    "stream error received: refused stream before processing any application logic";
/// GOAWAY, whatever its code: h2 gives it only to streams above the last one of the frame. A stream
/// up to that one ends like the connection does.
const GOAWAY: &str = "connection error received: ";

/// Whether the chain has an error of hyper by which the server has not processed the request.
pub(super) fn is_not_processed(error: &(dyn Error + 'static)) -> bool {
    let mut is_of_hyper = false;
    walk::texts(error).any(|text| {
        let is_refused = is_of_hyper && (text == REFUSED || text.starts_with(GOAWAY));
        is_of_hyper = text.starts_with(OF_HYPER);
        is_refused || text.starts_with(NOT_SENT)
    })
}
