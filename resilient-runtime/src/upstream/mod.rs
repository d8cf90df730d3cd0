//! What calls share: an [`Upstream`] and its limits.
#![allow(dead_code, reason = "put together step by step")]

mod account;
mod breaker;
mod concurrency;
mod keys;
mod rate;
mod window;
