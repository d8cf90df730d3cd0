//! State of an upstream that several processes share: the messages between a replica and a
//! [`Store`], and the stores.

mod messages;
mod store;

pub use messages::{
    CapUse, CircuitReport, CircuitView, Granted, Limits, Order, Pace, Placed, Reading, Report,
    Scope, View,
};
pub use store::{Store, StoreError, StoreFuture};
