//! What calls share: an [`Upstream`] and its limits.
#![allow(dead_code, reason = "put together step by step")]

mod account;
pub use account::Budget;
mod breaker;
mod concurrency;
mod keys;
mod ledger;
mod rate;
mod route;

pub(crate) use account::Account;
pub use route::{Alone, Direct, Failed, Keep, Last, Route, Settle, Standing, Start, Until};
