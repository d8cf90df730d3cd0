//! Classification by HTTP status code and headers.

use crate::{Classification, Classify};
use ::http::{HeaderMap, StatusCode};
use std::time::SystemTime;

impl Classification {
    /// Classifies by status and headers: like [`from_answer`](Self::from_answer), if the body must
    /// not be read.
    ///
    /// ```
    /// use http::{HeaderMap, StatusCode};
    /// use resilient_runtime::{Class, Classification};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("retry-after", "20".parse().unwrap());
    /// let failure = Classification::from_response(StatusCode::TOO_MANY_REQUESTS, &headers);
    /// assert_eq!(failure.class, Class::RateLimited);
    /// assert_eq!(failure.wait.unwrap().duration.as_secs(), 20);
    /// ```
    pub fn from_response(status: StatusCode, headers: &HeaderMap) -> Self {
        Self::from_response_at(status, headers, SystemTime::now())
    }

    /// [`from_response`](Self::from_response) with a time for a response without the header `date`:
    /// dates in the headers are compared with it.
    pub fn from_response_at(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Self {
        Self::from_answer_at(status, headers, &[], now)
    }
}

/// The status alone: headers and body of the response are gone.
impl Classify for StatusCode {
    fn classify(&self) -> Classification {
        Classification::of_status(self.as_u16())
    }
}
