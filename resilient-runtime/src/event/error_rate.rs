//! A jump of the share of calls that fail.

use std::time::Duration;

/// A jump of the share of calls that fail: above 10 %, and above three times the usual share. It is
/// reported once, until the share has come down.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ErrorRateJump {
    /// The share of the calls in the window that have failed, from 0 to 1.
    pub rate: f64,
    /// The usual share: an average over about ten minutes before the window.
    pub usual: f64,
    /// The number of calls in the window; at least 20.
    pub calls: u64,
    /// The length of the window: a minute.
    pub window: Duration,
    /// The open incident of the status page that is watched for the upstream, by
    /// `StatusPage::watch_for`.
    pub incident: Option<String>,
}
