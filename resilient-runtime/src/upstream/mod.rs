//! What calls share: an [`Upstream`] and its limits.
#![allow(dead_code, reason = "put together step by step")]

mod account;
mod adaptive;
mod breaker;
mod concurrency;
mod keys;
mod line;
mod rate;
mod slots;

pub use concurrency::Concurrency;
