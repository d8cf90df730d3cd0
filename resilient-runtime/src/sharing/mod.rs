//! State of an upstream that several processes share: [`Sharing`], the messages between a replica
//! and a [`Store`], and the stores. The [guide](crate::guide::sharing) has the whole picture.

mod health;
pub(crate) use health::Health;
mod messages;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod model;
#[cfg(any(test, feature = "testing", feature = "redis"))]
pub(crate) mod numbers;
#[cfg(feature = "redis")]
mod redis;
mod settings;
mod store;

pub use messages::{
    BudgetReport, CapUse, CircuitReport, CircuitView, Granted, Limits, Order, Pace, Placed,
    Reading, Report, Scope, View,
};
#[cfg(feature = "redis")]
pub use redis::RedisStore;
pub use settings::{Outage, Part, Sharing};
pub use store::{Store, StoreError, StoreFuture};
