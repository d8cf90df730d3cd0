//! The numbers of the built-in policy, for checks and documentation at compile time. They must be those of the
//! runtime's `Policy::DEFAULT` and `Breaker::DEFAULT`.

pub(crate) const ATTEMPTS: u32 = 5;
pub(crate) const TIMEOUT_SECS: u64 = 60;
pub(crate) const INITIAL_SECS: u64 = 1;
pub(crate) const FACTOR: f64 = 2.0;
pub(crate) const DECORRELATED_FACTOR: f64 = 3.0;
pub(crate) const MAX_SECS: u64 = 32;
pub(crate) const MAX_RETRY_AFTER_SECS: u64 = 120;
pub(crate) const BREAKER_PAUSE_SECS: u64 = 5;
pub(crate) const BREAKER_MAX_PAUSE_SECS: u64 = 60;
/// The runtime has none: the attribute's own.
pub(crate) const SLOW_RATIO: f64 = 0.8;
