//! What calls share: an [`Upstream`] and its limits.
#![allow(dead_code, reason = "put together step by step")]

mod account;
mod breaker;
mod bucket;
mod concurrency;
mod current;
mod keys;
mod learn;
mod meter;
mod rate;
pub use rate::Rate;
mod terms;
mod throttle;
